/** How a GGUF file may hold float32 numbers: what ggml's own reference encoders write. */
export type Encoder = {
  /** GGML's number for the encoding. */
  type: number
  /** Elements that are encoded together; a tensor's rows must hold whole blocks. */
  elements: number
  bytes: number
  /** Writes the block that begins at `values[from]` to `out` at `to`. */
  block(values: Float32Array, from: number, out: DataView, to: number): void
}

export const F32: Encoder = {
  type: 0,
  elements: 1,
  bytes: 4,
  block: (values, from, out, to) => out.setFloat32(to, values[from] ?? 0, true),
}

/** A binary16 scale, the signed extreme by -8, and 4-bit quants; the first half of the block lies in low nibbles. */
export const Q4_0: Encoder = {
  type: 2,
  elements: 32,
  bytes: 18,
  block(values, from, out, to) {
    const scale = Math.fround(extreme(values, from) / -8)
    const inverse = scale === 0 ? 0 : 1 / scale
    const quant = (i: number) => Math.min(15, Math.trunc((values[from + i] ?? 0) * inverse + 8.5))
    out.setUint16(to, toHalf(scale), true)
    for (let i = 0; i < 16; i++) out.setUint8(to + 2 + i, quant(i) | (quant(i + 16) << 4))
  },
}

/** A binary16 scale, the largest size by 127, and signed bytes. */
export const Q8_0: Encoder = {
  type: 8,
  elements: 32,
  bytes: 34,
  block(values, from, out, to) {
    const scale = Math.fround(Math.abs(extreme(values, from)) / 127)
    const inverse = scale === 0 ? 0 : 1 / scale
    out.setUint16(to, toHalf(scale), true)
    for (let i = 0; i < 32; i++) out.setInt8(to + 2 + i, Math.round((values[from + i] ?? 0) * inverse))
  },
}

/** A whole tensor, encoded. */
export function encode(values: Float32Array, encoder: Encoder): Uint8Array {
  const blocks = values.length / encoder.elements
  const bytes = new Uint8Array(blocks * encoder.bytes)
  const out = new DataView(bytes.buffer)
  for (let i = 0; i < blocks; i++) encoder.block(values, i * encoder.elements, out, i * encoder.bytes)
  return bytes
}

/** Of 32 values, the one furthest from zero. */
function extreme(values: Float32Array, from: number): number {
  let most = 0
  for (let i = from; i < from + 32; i++) {
    if (Math.abs(values[i] ?? 0) > Math.abs(most)) most = values[i] ?? 0
  }
  return most
}

const word = new DataView(new ArrayBuffer(4))

/** The pattern of the nearest IEEE 754 binary16; ties go to the even one. */
export function toHalf(value: number): number {
  word.setFloat32(0, value)
  const sign = (word.getUint32(0) >>> 16) & 0x8000
  const size = Math.abs(value)
  if (size >= 65520) return sign | 0x7c00
  const exponent = Math.max(-14, Math.floor(Math.log2(size)))
  const steps = roundToEven(size / 2 ** (exponent - 10))
  // Subnormal numbers have no hidden bit; one that is rounded up to the next power carries into the exponent.
  return sign | (size < 2 ** -14 ? steps : ((exponent + 14) << 10) + steps)
}

function roundToEven(value: number): number {
  const low = Math.floor(value)
  const rest = value - low
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low
}
