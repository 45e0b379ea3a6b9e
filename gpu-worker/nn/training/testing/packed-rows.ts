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
  let sequence = 0
  for (const [r, { prompt, branches }] of rows.entries()) {
    let place = r * shape.tokens
    const put = (token: number, position: number, branch: number) => {
      packed.tokens[place] = token
      packed.positions[place] = position
      packed.branch[place] = branch
      return place++
    }
    let last = 0
    for (const [i, token] of prompt.entries()) last = put(token, i, 0)
    for (const [k, branch] of branches.entries()) {
      let before = last
      for (const [i, token] of branch.entries()) {
        packed.rows.push(before)
        packed.targets.push(token)
        packed.sequence.push(sequence)
        before = put(token, prompt.length + i, k + 1)
      }
      sequence++
    }
    if (place > (r + 1) * shape.tokens) throw new RangeError(`row ${r} is longer than ${shape.tokens}`)
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
