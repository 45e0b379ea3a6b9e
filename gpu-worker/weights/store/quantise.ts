import type { BlockedForm } from './blocked-form.ts'
import { type Blocks, emptyBlocks, setZero } from './blocks.ts'

/** Shares of the plain scale that are tried for four bits: a smaller one clips the ends and serves the rest better. */
const SHARES = [1, 0.95, 0.9, 0.85, 0.8]

/**
 * Rows of floats in blocks. Eight bits: the largest magnitude is 127 steps from the middle. Four bits, whose form has
 * zero points: scale and zero point are those of least squared error among a few. Null where a number isn't finite.
 */
export function quantise(rows: Float32Array, columns: number, form: BlockedForm): Blocks | null {
  const made = emptyBlocks(rows.length / columns, columns, form)
  const perRow = columns / form.block
  for (let block = 0; block < made.scales.length; block++) {
    const from = block * form.block
    const fit = form.bits === 8 ? eightBits(rows, from, form.block) : fourBits(rows, from, form.block)
    if (!Number.isFinite(fit.scale)) return null
    made.scales[block] = fit.scale
    if (made.zeros) setZero(made.zeros, block, perRow, fit.zero)
    const inverse = fit.scale === 0 ? 0 : 1 / fit.scale
    if (form.bits === 8) putEight(rows, from, form.block, inverse, made.values)
    else putFour(rows, from, form.block, inverse, fit.zero, made.values)
  }
  return made
}

type Fit = { scale: number; zero: number }

function eightBits(rows: Float32Array, from: number, length: number): Fit {
  let most = 0
  for (let i = from; i < from + length; i++) {
    const size = Math.abs(rows[i] ?? 0)
    if (!(size <= most)) most = Math.max(size, most)
  }
  return { scale: Math.fround(most / 127), zero: 128 }
}

function fourBits(rows: Float32Array, from: number, length: number): Fit {
  let low = 0
  let high = 0
  for (let i = from; i < from + length; i++) {
    const value = rows[i] ?? 0
    if (!(value >= low)) low = Math.min(value, low)
    if (!(value <= high)) high = Math.max(value, high)
  }
  const plain = (high - low) / 15
  if (plain === 0 || !Number.isFinite(plain)) return { scale: plain, zero: 8 }
  let best = { scale: plain, zero: 8, error: Number.POSITIVE_INFINITY }
  for (const share of SHARES) {
    const zero = Math.min(15, Math.max(0, Math.round(-low / (plain * share))))
    const fit = refined(rows, from, length, plain * share, zero)
    if (fit.error < best.error) best = fit
  }
  return best
}

/** The scale of least squared error for the values that a first scale gives, and that error. */
function refined(rows: Float32Array, from: number, length: number, first: number, zero: number) {
  let dot = 0
  let norm = 0
  let squares = 0
  const inverse = 1 / first
  for (let i = from; i < from + length; i++) {
    const value = rows[i] ?? 0
    const step = fourBitValue(value * inverse + zero) - zero
    dot += value * step
    norm += step * step
    squares += value * value
  }
  const scale = norm === 0 ? first : Math.fround(dot / norm)
  return { scale, zero, error: squares - 2 * scale * dot + scale * scale * norm }
}

/** The nearest of 0 to 15. */
function fourBitValue(steps: number): number {
  if (steps <= 0) return 0
  return steps >= 15 ? 15 : (steps + 0.5) | 0
}

function putEight(
  rows: Float32Array,
  from: number,
  length: number,
  inverse: number,
  values: Uint8Array,
): void {
  for (let i = from; i < from + length; i++) {
    values[i] = Math.min(255, Math.max(1, Math.round((rows[i] ?? 0) * inverse) + 128))
  }
}

function putFour(
  rows: Float32Array,
  from: number,
  length: number,
  inverse: number,
  zero: number,
  values: Uint8Array,
): void {
  for (let i = from; i < from + length; i += 2) {
    const even = fourBitValue((rows[i] ?? 0) * inverse + zero)
    const odd = fourBitValue((rows[i + 1] ?? 0) * inverse + zero)
    values[i >> 1] = even | (odd << 4)
  }
}
