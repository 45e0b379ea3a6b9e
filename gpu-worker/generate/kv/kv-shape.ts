import { DTYPES, type DType } from '../../onnx/types.ts'

/** What a model keeps of each token that it has read: a key and a value for each head of each layer. */
export type KvShape = { layers: number; kvHeads: number; headSize: number; dtype: DType }

/** Rooms for tokens are multiples of this. */
const STEP = 256

/** Room for so many tokens and at least one more: attention wants more room than a pass has new tokens. */
export function roomFor(tokens: number): number {
  return Math.ceil((tokens + 1) / STEP) * STEP
}

/** Places for at least so many rows: a power of two. */
export function placesFor(rows: number): number {
  return rows === 0 ? 0 : 2 ** Math.ceil(Math.log2(rows))
}

/** Bytes of the keys and values of rows with room for so many tokens each. */
export function kvBytes({ layers, kvHeads, headSize, dtype }: KvShape, rows: number, room: number): number {
  return 2 * layers * kvHeads * headSize * DTYPES[dtype].bytes * rows * room
}

/** The most tokens for which one row's room takes no more than so many bytes; below 0 for less than the least room. */
export function tokensWithin(bytes: number, shape: KvShape): number {
  return Math.floor(bytes / kvBytes(shape, 1, STEP)) * STEP - 1
}
