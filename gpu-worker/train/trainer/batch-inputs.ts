import { branchPlaces } from '../../nn/training/branch-places.ts'
import { TRAINING_PORTS as PORTS } from '../../nn/training/training-ports.ts'
import type { HostArray } from '../../runtime/host-array.ts'
import type { Column, ScoredBranch, TokenTree } from '../token-tree.ts'
import type { Batch } from './batches.ts'
import { rowLengths } from './parts.ts'

const PADDING = -1

/** What a batch puts into its graph's ports; of columns those that are asked for. */
export function batchInputs({ shape, parts }: Batch, columns: readonly Column[]): Map<string, HostArray> {
  const { rows, tokens: width, targets: count } = shape
  const grid = (value: bigint) => new BigInt64Array(rows * width).fill(value)
  const [tokens, positions, branches] = [grid(0n), grid(0n), grid(BigInt(PADDING))]
  const list = (value: bigint) => new BigInt64Array(count).fill(value)
  const [before, targets, sequence] = [list(0n), list(0n), list(BigInt(PADDING))]
  const floats = new Map(columns.map((name) => [name, new Float32Array(count)]))

  const put = (place: number, token: number, position: number, branch: number) => {
    tokens[place] = BigInt(token)
    positions[place] = BigInt(position)
    branches[place] = BigInt(branch)
  }
  let target = 0
  for (const [row, part] of parts.entries()) {
    const start = row * width
    const { prompt } = part
    const { prompt: length, branches: lengths } = rowLengths(part)
    const places = branchPlaces(shape, length, lengths)
    if (!places) throw new TypeError(`row ${row} is too small for its part`)
    for (const [i, token] of prompt.entries()) put(start + i, token, i, 0)
    for (const [k, { branch }] of part.branches.entries()) {
      const from = start + (places[k] ?? 0)
      for (const [i, token] of branch.tokens.entries()) {
        before[target] = BigInt(i === 0 ? start + length - 1 : from + i - 1)
        targets[target] = BigInt(token)
        sequence[target] = BigInt(2 * row + k)
        for (const [name, values] of floats) values[target] = branch.columns[name]?.[i] ?? 0
        target++
        if (i + 1 < branch.tokens.length) put(from + i, token, length + i, k + 1)
      }
    }
  }
  return new Map<string, HostArray>([
    [PORTS.tokens, tokens],
    [PORTS.positions, positions],
    [PORTS.branch, branches],
    [PORTS.rows, before],
    [PORTS.targets, targets],
    [PORTS.sequence, sequence],
    ...Array.from(floats, ([name, values]) => [PORTS.column(name), values] as const),
  ])
}

/** Room for what is found of each branch of some trees. */
export function emptyScores(trees: readonly TokenTree[]): ScoredBranch[][] {
  return trees.map(({ branches }) =>
    branches.map(({ tokens }) => ({
      logprobs: new Float32Array(tokens.length),
      entropies: new Float32Array(tokens.length),
    })),
  )
}

/** Puts what a batch's graph found where it belongs among the trees. */
export function collectScores(
  { parts }: Batch,
  found: { logprobs: Float32Array; entropies: Float32Array },
  into: ScoredBranch[][],
): void {
  let from = 0
  for (const { tree, branches } of parts) {
    for (const { index, branch } of branches) {
      const to = from + branch.tokens.length
      into[tree]?.[index]?.logprobs.set(found.logprobs.subarray(from, to))
      into[tree]?.[index]?.entropies.set(found.entropies.subarray(from, to))
      from = to
    }
  }
}
