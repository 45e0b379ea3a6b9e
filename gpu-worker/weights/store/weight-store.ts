import type { DType } from '../../onnx/types.ts'
import type { Precision } from './plan.ts'

/** Where a tensor's bytes lie in the store's data file. */
export type StoredTensor = { dtype: DType; shape: readonly number[]; offset: number; bytes: number }

/**
 * A stored weight. Blocked ones are laid out for MatMulNBits: `values` uint8 [out, in / block, block * bits / 8], of a
 * byte's two 4-bit values the even element in the low half; `scales` float32 [out * in / block]; `zeros` uint8
 * [out * ceil(in / block / 2)], two blocks' zero points a byte, absent where the zero point is the middle.
 */
export type StoredWeight =
  | { kind: 'plain'; tensor: StoredTensor }
  | {
      kind: 'blocked'
      bits: 4 | 8
      block: 32 | 64
      shape: readonly number[]
      values: StoredTensor
      scales: StoredTensor
      zeros: StoredTensor | null
    }

/** The weights of a decoder in one file that sessions map into memory. */
export type WeightStore = {
  /** Of the data file. */
  path: string
  precision: Precision
  weights: ReadonlyMap<string, StoredWeight>
}
