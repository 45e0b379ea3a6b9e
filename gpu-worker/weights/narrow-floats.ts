/** The least number that rounding to binary16 makes infinite. */
const TOO_LARGE = 65520
/** Of binary16, the least normal number, and the step between those below it. */
const NORMAL = 2 ** -14
const STEP = 2 ** -24

/** Bit patterns of binary16 numbers, rounded to the nearest, ties to even. Null where a number is out of range. */
export function toFloat16(values: Float32Array): Uint16Array<ArrayBuffer> | null {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const out = new Uint16Array(values.length)
  for (let i = 0; i < out.length; i++) {
    const whole = bits[i] ?? 0
    const size = Math.abs(values[i] ?? 0)
    if (!(size < TOO_LARGE)) return null
    // The exponents' biases are 127 and 15.
    const narrow = size < NORMAL ? evenRound(size / STEP) : withoutLast(whole & 0x7fffffff, 13) - (112 << 10)
    out[i] = ((whole >>> 16) & 0x8000) | narrow
  }
  return out
}

/** Bit patterns of bfloat16 numbers, rounded to the nearest, ties to even. Null where a number is not finite. */
export function toBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> | null {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const out = new Uint16Array(values.length)
  for (let i = 0; i < out.length; i++) {
    const narrow = withoutLast(bits[i] ?? 0, 16)
    if ((narrow & 0x7f80) === 0x7f80) return null
    out[i] = narrow
  }
  return out
}

/** A pattern without its last bits, rounded to even: what overflows the fraction rightly raises the exponent. */
function withoutLast(bits: number, count: number): number {
  const half = 2 ** (count - 1)
  return Math.floor((bits + half - 1 + ((bits >>> count) & 1)) / 2 ** count)
}

function evenRound(value: number): number {
  const down = Math.floor(value)
  const rest = value - down
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down
}
