import { type Encoding, half } from './encoding.ts'
import { SMALL_BLOCKS } from './small-blocks.ts'
import { SUPER_BLOCKS } from './super-blocks.ts'

const widened = new Uint32Array(1)
const asFloat = new Float32Array(widened.buffer)

const FLOATS: readonly Encoding[] = [
  {
    name: 'F32',
    type: 0,
    elements: 1,
    bytes: 4,
    decode: (bytes, out) => {
      for (let i = 0; i < out.length; i++) out[i] = bytes.getFloat32(4 * i, true)
    },
  },
  {
    name: 'F16',
    type: 1,
    elements: 1,
    bytes: 2,
    decode: (bytes, out) => {
      for (let i = 0; i < out.length; i++) out[i] = half(bytes, 2 * i)
    },
  },
  {
    name: 'BF16',
    type: 30,
    elements: 1,
    bytes: 2,
    decode: (bytes, out) => {
      for (let i = 0; i < out.length; i++) {
        widened[0] = bytes.getUint16(2 * i, true) << 16
        out[i] = asFloat[0] ?? Number.NaN
      }
    },
  },
]

/** The encodings that can be read. */
export const ENCODINGS: readonly Encoding[] = [...FLOATS, ...SMALL_BLOCKS, ...SUPER_BLOCKS]

/** The float32 values of whole blocks. */
export function dequantise(bytes: Uint8Array, encoding: Encoding): Float32Array<ArrayBuffer> {
  const out = new Float32Array((bytes.length / encoding.bytes) * encoding.elements)
  encoding.decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), out)
  return out
}
