import type { Rational } from '../numeral.ts'

/** Largest numerator or denominator worked with, in bits: beyond it nothing is exact, and nothing is slow. */
const MAX_BITS = 8000
const LIMIT = 1n << BigInt(MAX_BITS)
const MAX_FACTORIAL = 1000n

const magnitude = (value: bigint) => (value < 0n ? -value : value)
const isHuge = (value: bigint) => value > LIMIT || value < -LIMIT

/**
 * The quotient; null for a division by zero and beyond the largest size. It is brought to lowest terms only when it
 * grows too large: common divisors cost more than all else.
 */
export function ratio(top: bigint, bottom: bigint): Rational | null {
  if (bottom === 0n) return null
  if (!isHuge(top) && !isHuge(bottom)) return bottom < 0n ? { top: -top, bottom: -bottom } : { top, bottom }
  if (bitLength(top) + bitLength(bottom) > 8 * MAX_BITS) return null
  const lowest = inLowestTerms({ top, bottom })
  return isHuge(lowest.top) || isHuge(lowest.bottom) ? null : lowest
}

function inLowestTerms({ top, bottom }: Rational): Rational {
  let [a, b] = [magnitude(top), magnitude(bottom)]
  while (b > 0n) [a, b] = [b, a % b]
  const divisor = bottom < 0n ? -a : a
  return { top: top / divisor, bottom: bottom / divisor }
}

export const add = (a: Rational, b: Rational) =>
  ratio(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom)
export const multiply = (a: Rational, b: Rational) => ratio(a.top * b.top, a.bottom * b.bottom)
export const isSame = (a: Rational, b: Rational) => a.top * b.bottom === b.top * a.bottom
export const isWhole = (a: Rational) => a.top % a.bottom === 0n

export function compare(a: Rational, b: Rational): number {
  const difference = a.top * b.bottom - b.top * a.bottom
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** Of whole numbers; null for others. */
export function commonDivisor(a: Rational, b: Rational): Rational | null {
  if (!isWhole(a) || !isWhole(b)) return null
  let [x, y] = [magnitude(a.top / a.bottom), magnitude(b.top / b.bottom)]
  while (y > 0n) [x, y] = [y, x % y]
  return { top: x, bottom: 1n }
}

/** `base ** exponent` where that is rational: whole exponents, and roots that come out. */
export function raise(number: Rational, power: Rational): Rational | null {
  const [base, exponent] = [inLowestTerms(number), inLowestTerms(power)]
  if (base.top === 0n) return exponent.top > 0n ? base : null
  if (base.bottom === 1n && base.top === 1n) return base
  const count = magnitude(exponent.top)
  if (base.top === -base.bottom && exponent.bottom === 1n) {
    return { top: count % 2n === 1n ? -1n : 1n, bottom: 1n }
  }
  const bits = BigInt(Math.max(bitLength(base.top), bitLength(base.bottom)))
  if (count * bits > BigInt(MAX_BITS) || (base.top < 0n && exponent.bottom !== 1n)) return null
  const root = exponent.bottom === 1n ? base : rootOf(base, exponent.bottom)
  if (root === null) return null
  const raised = { top: root.top ** count, bottom: root.bottom ** count }
  return exponent.top < 0n ? ratio(raised.bottom, raised.top) : raised
}

/** The root of that degree where it is rational; of a negative number only an odd one. */
export function rootOf(number: Rational, degree: bigint): Rational | null {
  const { top, bottom } = inLowestTerms(number)
  if (degree < 1n || degree > 64n || (top < 0n && degree % 2n === 0n)) return null
  const [a, b] = [wholeRoot(magnitude(top), degree), wholeRoot(bottom, degree)]
  return a === null || b === null ? null : { top: top < 0n ? -a : a, bottom: b }
}

/** Newton's method from above on whole numbers; null where the root is not whole. */
function wholeRoot(value: bigint, degree: bigint): bigint | null {
  if (value < 2n) return value
  let guess = 1n << (BigInt(value.toString(2).length) / degree + 1n)
  for (;;) {
    const next = ((degree - 1n) * guess + value / guess ** (degree - 1n)) / degree
    if (next >= guess) break
    guess = next
  }
  return guess ** degree === value ? guess : null
}

export function factorial(value: Rational): Rational | null {
  const count = value.top / value.bottom
  if (!isWhole(value) || count < 0n || count > MAX_FACTORIAL) return null
  let result = 1n
  for (let factor = 2n; factor <= count; factor++) result *= factor
  return { top: result, bottom: 1n }
}

export function binomial(from: Rational, chosen: Rational): Rational | null {
  if (!isWhole(from) || !isWhole(chosen)) return null
  const [n, k] = [from.top / from.bottom, chosen.top / chosen.bottom]
  if (n < 0n || n > 100n * MAX_FACTORIAL) return null
  if (k < 0n || k > n) return { top: 0n, bottom: 1n }
  const count = k * 2n > n ? n - k : k
  if (count > MAX_FACTORIAL) return null
  let result = 1n
  for (let index = 1n; index <= count; index++) result = (result * (n - count + index)) / index
  return { top: result, bottom: 1n }
}

export function floor({ top, bottom }: Rational): Rational {
  const down = top / bottom - (top < 0n && top % bottom !== 0n ? 1n : 0n)
  return { top: down, bottom: 1n }
}

/** The nearest double, or nearly: the upper 64 bits of the quotient are kept. */
export function toNumber({ top, bottom }: Rational): number {
  const shift = 64 + bitLength(bottom) - bitLength(top)
  const kept = shift < 0 ? top / (bottom << BigInt(-shift)) : (top << BigInt(shift)) / bottom
  return shift > 1000 ? (Number(kept) / 2 ** 1000) * 2 ** (1000 - shift) : Number(kept) * 2 ** -shift
}

export const bitLength = (value: bigint) => magnitude(value).toString(16).length * 4
