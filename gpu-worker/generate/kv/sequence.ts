import type { KvTensors } from './kv-tensors.ts'

/** Tokens that were read in a row, with their keys and values: one row of tensors, filled from the start. */
export type Sequence = {
  /** The adapter under which they were read; keys and values of another don't fit. */
  readonly adapter: string | null
  readonly tokens: number[]
  readonly kv: KvTensors
}
