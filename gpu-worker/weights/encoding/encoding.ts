/** How a tensor's numbers are stored: blocks of so many elements in so many bytes. */
export type Encoding = {
  name: string
  /** GGML's number for it. */
  type: number
  elements: number
  bytes: number
  /** Writes the elements of whole blocks, one block after the other. */
  decode(bytes: DataView, out: Float32Array): void
}

/** The float32 value of each 16-bit pattern of IEEE 754 binary16. */
const HALF = Float32Array.from({ length: 65536 }, (_, bits) => {
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  const sign = bits & 0x8000 ? -1 : 1
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
})

/** The binary16 number at a place. */
export function half(bytes: DataView, at: number): number {
  return HALF[bytes.getUint16(at, true)] ?? Number.NaN
}

/** An encoding whose blocks are decoded one by one. */
export function blockEncoding(
  name: string,
  type: number,
  elements: number,
  bytes: number,
  block: (bytes: DataView, at: number, out: Float32Array, to: number) => void,
): Encoding {
  return {
    name,
    type,
    elements,
    bytes,
    decode: (view, out) => {
      for (let at = 0, to = 0; at < view.byteLength; at += bytes, to += elements) block(view, at, out, to)
    },
  }
}
