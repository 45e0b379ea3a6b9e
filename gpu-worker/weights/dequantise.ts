/** How a tensor's numbers are stored: blocks of so many elements in so many bytes. */
export type Encoding = {
  name: string
  /** GGML's number for it. */
  type: number
  elements: number
  bytes: number
  /** Writes the elements of the block at `at` to `out[to...]`. */
  block(bytes: DataView, at: number, out: Float32Array, to: number): void
}

/** The float32 value of each 16-bit pattern of IEEE 754 binary16. */
const HALF = Float32Array.from({ length: 65536 }, (_, bits) => {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const sign = bits & 0x8000 ? -1 : 1
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
})

function half(bytes: DataView, at: number): number {
  return HALF[bytes.getUint16(at, true)] ?? Number.NaN
}

const widen = new DataView(new ArrayBuffer(4))

/**
 * The encodings that can be read, as ggml lays them out: a block's scale first (binary16), then its minimum if
 * it has one, then the quants; of a byte's two quants the low one belongs to the first half of the block.
 */
export const ENCODINGS: readonly Encoding[] = [
  {
    name: 'F32',
    type: 0,
    elements: 1,
    bytes: 4,
    block: (bytes, at, out, to) => {
      out[to] = bytes.getFloat32(at, true)
    },
  },
  {
    name: 'F16',
    type: 1,
    elements: 1,
    bytes: 2,
    block: (bytes, at, out, to) => {
      out[to] = half(bytes, at)
    },
  },
  {
    name: 'BF16',
    type: 30,
    elements: 1,
    bytes: 2,
    block: (bytes, at, out, to) => {
      widen.setUint32(0, bytes.getUint16(at, true) << 16)
      out[to] = widen.getFloat32(0)
    },
  },
  {
    name: 'Q4_0',
    type: 2,
    elements: 32,
    bytes: 18,
    block: (bytes, at, out, to) => {
      const scale = half(bytes, at)
      for (let i = 0; i < 16; i++) {
        const pair = bytes.getUint8(at + 2 + i)
        out[to + i] = scale * ((pair & 15) - 8)
        out[to + 16 + i] = scale * ((pair >> 4) - 8)
      }
    },
  },
  {
    name: 'Q4_1',
    type: 3,
    elements: 32,
    bytes: 20,
    block: (bytes, at, out, to) => {
      const scale = half(bytes, at)
      const minimum = half(bytes, at + 2)
      for (let i = 0; i < 16; i++) {
        const pair = bytes.getUint8(at + 4 + i)
        out[to + i] = scale * (pair & 15) + minimum
        out[to + 16 + i] = scale * (pair >> 4) + minimum
      }
    },
  },
  {
    name: 'Q8_0',
    type: 8,
    elements: 32,
    bytes: 34,
    block: (bytes, at, out, to) => {
      const scale = half(bytes, at)
      for (let i = 0; i < 32; i++) out[to + i] = scale * bytes.getInt8(at + 2 + i)
    },
  },
]

/** The float32 values of a whole tensor's bytes. */
export function dequantise(bytes: Uint8Array, encoding: Encoding): Float32Array<ArrayBuffer> {
  const blocks = bytes.length / encoding.bytes
  const out = new Float32Array(blocks * encoding.elements)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let i = 0; i < blocks; i++) encoding.block(view, i * encoding.bytes, out, i * encoding.elements)
  return out
}
