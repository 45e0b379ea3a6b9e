/** Bit patterns of binary16 numbers, rounded to the nearest, ties to even. Null where a number is out of range. */
export function toFloat16(values: Float32Array): Uint16Array<ArrayBuffer> | null {
  const bits = new Uint16Array(new Float16Array(values).buffer)
  return bits.some((narrow) => (narrow & 0x7c00) === 0x7c00) ? null : bits
}

/** Bit patterns of bfloat16 numbers, rounded to the nearest, ties to even. Null where a number is out of range. */
export function toBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> | null {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const out = new Uint16Array(values.length)
  for (let i = 0; i < out.length; i++) {
    const whole = bits[i] ?? 0
    // What overflows the fraction rightly raises the exponent. A NaN may pass as one, never as a number.
    const narrow =
      (whole & 0x7f800000) === 0x7f800000 ? 0x7f80 : (whole + 0x7fff + ((whole >>> 16) & 1)) >>> 16
    if ((narrow & 0x7f80) === 0x7f80) return null
    out[i] = narrow
  }
  return out
}
