import { blockEncoding, type Encoding, half } from './encoding.ts'

/** The scale and the minimum of a part of 32, six bits each, of the eight parts packed into twelve bytes. */
function sixBits(bytes: DataView, at: number, part: number): [number, number] {
  if (part < 4) return [bytes.getUint8(at + part) & 63, bytes.getUint8(at + part + 4) & 63]
  const low = bytes.getUint8(at + part + 4)
  const scale = (low & 15) | ((bytes.getUint8(at + part - 4) >> 6) << 4)
  return [scale, (low >> 4) | ((bytes.getUint8(at + part) >> 6) << 4)]
}

/**
 * ggml's blocks of 256. Q4_K and Q5_K: scale and minimum of all (binary16), six-bit scales and minimums of the
 * eight parts, the fifth bits (of a byte, bit p belongs to part p), then for each two parts 32 bytes, the first
 * part in the low halves. Q6_K: low four bits, high two bits, sixteen signed scales, then the scale of all.
 */
export const SUPER_BLOCKS: readonly Encoding[] = [
  blockEncoding('Q4_K', 12, 256, 144, (bytes, at, out, to) => {
    const scaleOfAll = half(bytes, at)
    const minimumOfAll = half(bytes, at + 2)
    for (let part = 0; part < 8; part++) {
      const [scale, minimum] = sixBits(bytes, at + 4, part)
      const quants = at + 16 + (part >> 1) * 32
      const shift = (part & 1) * 4
      for (let i = 0; i < 32; i++) {
        const quant = (bytes.getUint8(quants + i) >> shift) & 15
        out[to + part * 32 + i] = scaleOfAll * scale * quant - minimumOfAll * minimum
      }
    }
  }),
  blockEncoding('Q5_K', 13, 256, 176, (bytes, at, out, to) => {
    const scaleOfAll = half(bytes, at)
    const minimumOfAll = half(bytes, at + 2)
    for (let part = 0; part < 8; part++) {
      const [scale, minimum] = sixBits(bytes, at + 4, part)
      const quants = at + 48 + (part >> 1) * 32
      const shift = (part & 1) * 4
      for (let i = 0; i < 32; i++) {
        const fifth = (bytes.getUint8(at + 16 + i) >> part) & 1
        const quant = ((bytes.getUint8(quants + i) >> shift) & 15) + fifth * 16
        out[to + part * 32 + i] = scaleOfAll * scale * quant - minimumOfAll * minimum
      }
    }
  }),
  blockEncoding('Q6_K', 14, 256, 210, (bytes, at, out, to) => {
    const scaleOfAll = half(bytes, at + 208)
    for (let element = 0; element < 256; element++) {
      const [side, quarter, i] = [element >> 7, (element >> 5) & 3, element & 31]
      const low = bytes.getUint8(at + side * 64 + (quarter & 1) * 32 + i) >> ((quarter >> 1) * 4)
      const high = bytes.getUint8(at + 128 + side * 32 + i) >> (quarter * 2)
      const quant = (low & 15) | ((high & 3) << 4)
      out[to + element] = scaleOfAll * bytes.getInt8(at + 192 + (element >> 4)) * (quant - 32)
    }
  }),
]
