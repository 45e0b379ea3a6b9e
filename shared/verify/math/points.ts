import type { Rational } from '../numeral.ts'
import { toNumber } from './rational.ts'

/** How many points two expressions are compared at. */
export const POINTS = 12

/**
 * The value of a variable at the point of that index: fixed by the name and the index, so that the same two
 * answers always compare the same. The first points are positive (inside the domain of roots and logarithms),
 * some are small, the rest have either sign; none is whole, so that most poles are missed.
 */
export function exactPoint(index: number): (name: string) => Rational {
  return (name) => {
    const drawn = hash(`${index} ${name}`)
    const top = BigInt(1 + (drawn % 40))
    const bottom = index % 3 === 2 ? 43n : 13n
    const isNegative = index >= 6 && (drawn & 1024) === 0
    return { top: isNegative ? -top : top, bottom }
  }
}

export function numericPoint(index: number): (name: string) => number {
  const exact = exactPoint(index)
  return (name) => toNumber(exact(name))
}

/** FNV-1a, 32 bits, and mixed once more: names that differ in one letter come out unlike. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  return (value ^ (value >>> 13)) >>> 0
}
