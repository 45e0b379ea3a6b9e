import { branchPlaces } from '../branch-places.ts'
import type { TrainingShape } from '../training-ports.ts'

/** A row: a prompt and branches, which each go on from it. */
export type Row = { prompt: readonly number[]; branches: readonly (readonly number[])[] }

/** What a training graph is told of some rows; [B, T] and [R], filled up with padding. */
export type PackedRows = {
  tokens: number[]
  positions: number[]
  branch: number[]
  rows: number[]
  targets: number[]
  sequence: number[]
  /** How many of the R are targets. */
  count: number
}

/** Lays rows out in a graph's sizes: all tokens of branches are targets, in their order. */
export function packedRows(rows: readonly Row[], shape: TrainingShape): PackedRows {
  const size = shape.rows * shape.tokens
  const packed: PackedRows = {
    tokens: Array(size).fill(0),
    positions: Array(size).fill(0),
    branch: Array(size).fill(-1),
    ...{ rows: [], targets: [], sequence: [], count: 0 },
  }
  const put = (place: number, token: number, position: number, branch: number) => {
    packed.tokens[place] = token
    packed.positions[place] = position
    packed.branch[place] = branch
  }
  let sequence = 0
  for (const [r, { prompt, branches }] of rows.entries()) {
    const start = r * shape.tokens
    const lengths = branches.map((branch) => branch.length)
    const places = branchPlaces(shape, prompt.length, lengths)
    if (!places) throw new RangeError(`row ${r} is longer than ${shape.tokens}, or than its parts`)
    for (const [i, token] of prompt.entries()) put(start + i, token, i, 0)
    for (const [k, branch] of branches.entries()) {
      const from = start + (places[k] ?? 0)
      for (const [i, token] of branch.entries()) {
        packed.rows.push(i === 0 ? start + prompt.length - 1 : from + i - 1)
        packed.targets.push(token)
        packed.sequence.push(sequence)
        put(from + i, token, prompt.length + i, k + 1)
      }
      sequence++
    }
  }
  const count = packed.targets.length
  const padding = shape.targets - count
  if (rows.length > shape.rows || padding < 0) throw new RangeError('the rows are more than the graph takes')
  return {
    ...packed,
    rows: [...packed.rows, ...Array(padding).fill(0)],
    targets: [...packed.targets, ...Array(padding).fill(0)],
    sequence: [...packed.sequence, ...Array(padding).fill(-1)],
    count,
  }
}

/** The sizes that just hold some rows. */
export function sizesOf(rows: readonly Row[]): TrainingShape {
  const tokens = rows.map(({ prompt, branches }) => prompt.length + branches.flat().length)
  return {
    rows: rows.length,
    tokens: Math.max(...tokens),
    targets: rows.flatMap(({ branches }) => branches.flat()).length,
  }
}
