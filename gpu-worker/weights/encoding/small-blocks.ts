import { blockEncoding, type Encoding, half } from './encoding.ts'

/**
 * ggml's blocks of 32: the scale first (binary16), then the minimum if there is one, then the fifth bits of all
 * quants if they have five, then the quants; of a byte's two quants the low one belongs to the first half.
 */
export const SMALL_BLOCKS: readonly Encoding[] = [
  blockEncoding('Q4_0', 2, 32, 18, (bytes, at, out, to) => {
    const scale = half(bytes, at)
    for (let i = 0; i < 16; i++) {
      const pair = bytes.getUint8(at + 2 + i)
      out[to + i] = scale * ((pair & 15) - 8)
      out[to + 16 + i] = scale * ((pair >> 4) - 8)
    }
  }),
  blockEncoding('Q4_1', 3, 32, 20, (bytes, at, out, to) => {
    const scale = half(bytes, at)
    const minimum = half(bytes, at + 2)
    for (let i = 0; i < 16; i++) {
      const pair = bytes.getUint8(at + 4 + i)
      out[to + i] = scale * (pair & 15) + minimum
      out[to + 16 + i] = scale * (pair >> 4) + minimum
    }
  }),
  blockEncoding('Q5_0', 6, 32, 22, (bytes, at, out, to) => {
    const scale = half(bytes, at)
    const fifth = bytes.getUint32(at + 2, true)
    for (let i = 0; i < 16; i++) {
      const pair = bytes.getUint8(at + 6 + i)
      out[to + i] = scale * ((pair & 15) + ((fifth >>> i) & 1) * 16 - 16)
      out[to + 16 + i] = scale * ((pair >> 4) + ((fifth >>> (i + 16)) & 1) * 16 - 16)
    }
  }),
  blockEncoding('Q5_1', 7, 32, 24, (bytes, at, out, to) => {
    const scale = half(bytes, at)
    const minimum = half(bytes, at + 2)
    const fifth = bytes.getUint32(at + 4, true)
    for (let i = 0; i < 16; i++) {
      const pair = bytes.getUint8(at + 8 + i)
      out[to + i] = scale * ((pair & 15) + ((fifth >>> i) & 1) * 16) + minimum
      out[to + 16 + i] = scale * ((pair >> 4) + ((fifth >>> (i + 16)) & 1) * 16) + minimum
    }
  }),
  blockEncoding('Q8_0', 8, 32, 34, (bytes, at, out, to) => {
    const scale = half(bytes, at)
    for (let i = 0; i < 32; i++) out[to + i] = scale * bytes.getInt8(at + 2 + i)
  }),
]
