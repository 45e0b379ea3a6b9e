import { after, barrierFor } from '../../onnx/barrier.ts'
import type { Segment } from '../../onnx/gradients/recompute.ts'
import { cotangent } from '../../onnx/gradients/rule.ts'
import type { Derivative } from '../../onnx/gradients/steps.ts'
import * as ops from '../../onnx/ops.ts'
import type { Value } from '../../onnx/types.ts'
import { type Blocks, wideType } from '../block.ts'

/** Logits that live at the same time, at the most: 32 MB as float32. */
const LOGITS = 2 ** 23

/** How many rows pass the head together, unless told otherwise. */
export function chunkRows(vocabulary: number): number {
  return Math.max(1, Math.floor(LOGITS / vocabulary))
}

/** What the head makes of its rows, [R] each, and how to go back through it. */
export type TokenScores = {
  logprobs: Value
  entropies: Value
  /** Of a head that is frozen: its backward rule. */
  derivatives: readonly Derivative[]
  /** Of a head that is trained: what is to be computed again. */
  segments: readonly Segment[]
}

/**
 * The log-probability of a target after each normed row [R, hidden], and the entropy of what it was drawn from, `chunk`
 * rows at a time, so that no more logits live than of a chunk. Of a frozen head, d logprob / d row =
 * w_target - sum_v p_v w_v is computed while the chunk's logits are there, if `differentiated`: [R, hidden] is all that
 * is kept. A head that is trained is computed again for the backward pass.
 */
export function tokenHead(
  blocks: Blocks,
  rows: Value,
  targets: Value,
  { chunk, differentiated }: { chunk: number; differentiated: 'frozen' | 'trained' | null },
): TokenScores {
  const { g } = blocks
  const count = Number(rows.shape[0])
  const sizes = evenParts(count, Math.ceil(count / chunk))
  const hidden = ops.split(g, rows, sizes, 0)
  const wanted = ops.split(g, targets, sizes, 0)
  const segments: Segment[] = []
  const parts: ChunkScores[] = []
  // What nothing asks for before the end would keep the logits of all chunks until then.
  const afterLast = (x: Value) => {
    const last = parts.at(-1)
    const scores = last ? [last.logprobs, last.entropies, ...(last.slope ? [last.slope] : [])] : []
    return scores.length > 0 ? after(g, scores, barrierFor(blocks.type))(x) : x
  }
  for (const [i, target] of wanted.entries()) {
    const part = hidden[i]
    if (!part) continue
    const x = afterLast(part)
    const from = g.nodes.length
    parts.push(chunkScores(blocks, x, target, differentiated === 'frozen'))
    segments.push({ from, to: g.nodes.length })
  }
  const joined = (values: readonly Value[]) => ops.concat(g, values, 0, count)
  const logprobs = afterLast(joined(parts.map((part) => part.logprobs)))
  const entropies = joined(parts.map((part) => part.entropies))
  if (differentiated !== 'frozen') {
    return { logprobs, entropies, derivatives: [], segments: differentiated === 'trained' ? segments : [] }
  }
  const slopes = joined(parts.flatMap(({ slope }) => slope ?? []))
  const rule: Derivative['rule'] = (use) => [() => ops.mul(g, ops.unsqueeze(g, cotangent(use), 1), slopes)]
  return {
    logprobs,
    entropies,
    derivatives: [{ op: 'head', inputs: [rows], outputs: [logprobs], rule }],
    segments: [],
  }
}

/** Sizes that differ by one at the most: the head's weights are read once for each, however small it is. */
function evenParts(count: number, parts: number): number[] {
  const end = (i: number) => Math.floor((i * count) / parts)
  return Array.from({ length: parts }, (_, i) => end(i + 1) - end(i))
}

type ChunkScores = { logprobs: Value; entropies: Value; slope: Value | null }

function chunkScores(blocks: Blocks, x: Value, targets: Value, sloped: boolean): ChunkScores {
  const { g, config, weights, type } = blocks
  const shape = [config.vocabulary, config.hidden] as const
  const wide = wideType(type)
  const rows = Number(x.shape[0])
  const logits = weights.linear(ops.cast(g, x, type), 'output.weight', shape)
  const logs = ops.logSoftmax(g, ops.cast(g, logits, wide))
  const probabilities = ops.exp(g, logs)
  const logprobs = ops.reshape(g, ops.gatherElements(g, logs, ops.unsqueeze(g, targets, 1), 1), [rows])
  // A product of a row and a column a row of the chunk: what it would take to multiply first is not needed.
  const mean = ops.matmul(g, ops.unsqueeze(g, probabilities, 1), ops.unsqueeze(g, logs, 2))
  const entropies = ops.neg(g, ops.reshape(g, mean, [rows]))
  if (!sloped) return { logprobs, entropies, slope: null }
  const table = ops.cast(g, weights.table('output.weight', shape), type)
  const average = ops.matmul(g, ops.cast(g, probabilities, type), table)
  const slope = ops.sub(g, ops.gather(g, table, targets, 0), average)
  return { logprobs, entropies, slope: ops.cast(g, slope, wide) }
}
