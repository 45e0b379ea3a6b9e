import type { Value } from '../../onnx/types.ts'
import type { Column } from '../../train/token-tree.ts'

/** What a loss is made of: [R] each, padding has weight 0. */
export type TokenInputs = {
  logprobs: Value
  columns: Readonly<Partial<Record<Column, Value>>>
  /** int64 [R], for losses of pairs: 2k and 2k + 1 for the tokens of the k-th pair's branches, -1 for padding. */
  sequence: Value | null
}

/** A loss in a graph: one number. No gradient flows back through `constants`. */
export type TokenLoss = { loss: Value; constants: readonly Value[] }

/** A column that the loss can't do without. */
export function column({ columns }: TokenInputs, name: Column): Value {
  const value = columns[name]
  if (value) return value
  throw new TypeError(`the loss has no column ${name}`)
}
