import type { DType } from '../../onnx/types.ts'
import { type HostArray, hostArray } from '../../runtime/host-array.ts'

/** -inf as an element of each type of bias: 16-bit floats by their bits. */
const HIDDEN = { float32: Number.NEGATIVE_INFINITY, float16: 0xfc00, bfloat16: 0xff80 } as const
const BYTES = { float32: 4, float16: 2, bfloat16: 2 } as const

/** The types that a bias may have. */
export type BiasType = keyof typeof HIDDEN

export function isBiasType(dtype: DType): dtype is BiasType {
  return dtype in HIDDEN
}

/**
 * Attention's bias for the packed tokens `from` to `to` behind a stem of `stem` tokens: [to - from, stem + to],
 * row-major, 0 where a token may look (the stem, the branch it stands on, itself), -inf elsewhere. `parents` is the
 * index of the packed token before each, -1 for the stem's last.
 */
export function treeBias(
  dtype: BiasType,
  parents: readonly number[],
  stem: number,
  from: number,
  to: number,
): HostArray {
  const width = stem + to
  const bias = hostArray(dtype, new ArrayBuffer((to - from) * width * BYTES[dtype]))
  if (bias instanceof BigInt64Array) throw new TypeError('a bias has floats')
  for (let index = from; index < to; index++) {
    const row = (index - from) * width
    bias.fill(HIDDEN[dtype], row + stem, row + width)
    for (let at = index; at >= 0; at = parents[at] ?? -1) bias[row + stem + at] = 0
  }
  return bias
}
