import * as fused from '../../onnx/fused.ts'
import * as ops from '../../onnx/ops.ts'
import type { Value } from '../../onnx/types.ts'
import { heads, projected, queryKeyValue, splitHeads } from '../attention.ts'
import { type Blocks, wideType } from '../block.ts'
import { rotaryTables } from '../rotary-tables.ts'
import type { CheapSegments } from './cheap-segments.ts'
import type { TrainingShape } from './training-ports.ts'

/** Where the tokens of a batch belong, each int64 [B, T]. */
export type TreeInputs = { positions: Value; branch: Value }

/**
 * Attention within token trees, spelt out so that it has a gradient: of the normed stream [B * T, hidden], in a layer. The
 * heads that share keys lie in one matrix with their tokens, so that keys and values are never repeated.
 */
export function treeAttention(
  blocks: Blocks,
  { rows: B, tokens: T }: TrainingShape,
  inputs: TreeInputs,
  cheap: CheapSegments,
): (normed: Value, layer: number) => Value {
  const { g, config, type } = blocks
  const { heads: count, kvHeads, headSize, scoreScale, local } = config
  const groups = count / kvHeads
  const wide = wideType(type)
  const mask = ops.reshape(g, treeMask(blocks, T, inputs, null), [B, 1, 1, T, T])
  const rotary = rotaryTables(g, 'rotary', config.frequencies, T, type)
  const near = local && {
    mask: ops.reshape(g, treeMask(blocks, T, inputs, local.window), [B, 1, 1, T, T]),
    rotary: rotaryTables(g, 'local_rotary', local.frequencies, T, type),
  }
  return (normed, layer) => {
    const sees = (local?.layers.includes(layer) && near) || { mask, rotary }
    const maps = queryKeyValue(blocks, normed, layer)
    const [query, key, value] = maps.length === 3 ? maps : splitHeads(g, maps[0], config)
    const byHead = (x: Value) => ops.transpose(g, heads(g, x, headSize), [0, 2, 1, 3])
    const turned = (x: Value) =>
      fused.rotate(g, byHead(x), inputs.positions, { ...sees.rotary, interleaved: false })
    const grouped = ops.reshape(g, turned(query), [B, kvHeads, groups * T, headSize])
    const [keys, values] = [turned(key), byHead(value)]
    const product = cheap.of(() => {
      const scores = fused.scaledProducts(g, grouped, keys, scoreScale)
      const byGroup = ops.reshape(g, ops.cast(g, scores, wide), [B, kvHeads, groups, T, T])
      const weights = ops.cast(g, ops.softmax(g, ops.add(g, byGroup, sees.mask)), type)
      return ops.matmul(g, ops.reshape(g, weights, [B, kvHeads, groups * T, T]), values)
    })
    const mixed = ops.reshape(g, product, [B, count, T, headSize])
    const back = ops.transpose(g, mixed, [0, 2, 1, 3])
    return projected(blocks, ops.reshape(g, back, [B * T, count * headSize]), layer)
  }
}

/** [B, T, T]: 0 where a token may look, -inf where it may not. Every token sees itself, padding too. */
function treeMask(
  { g, type }: Blocks,
  T: number,
  { positions, branch }: TreeInputs,
  window: number | null,
): Value {
  const wide = wideType(type)
  const hidden = ops.scalar(g, Number.NEGATIVE_INFINITY, wide)
  const seen = ops.scalar(g, 0, wide)
  const places = ops.range(g, g.ints([T], []), T)
  const own = ops.equal(g, ops.unsqueeze(g, branch, 1), ops.unsqueeze(g, branch, 2))
  const prompt = ops.unsqueeze(g, ops.equal(g, branch, g.ints([0], [])), 1)
  const related = ops.where(g, own, seen, ops.where(g, prompt, seen, hidden))
  const causal = ops.where(g, ops.atLeast(g, ops.unsqueeze(g, places, 1), places), related, hidden)
  if (window === null) return causal
  const distance = ops.sub(g, ops.unsqueeze(g, positions, 2), ops.unsqueeze(g, positions, 1))
  return ops.where(g, ops.atLeast(g, distance, g.ints([window], [])), hidden, causal)
}
