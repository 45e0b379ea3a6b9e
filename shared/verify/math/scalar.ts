import { isClose, type Rational } from '../numeral.ts'
import { type Complex, size } from './complex.ts'
import { evaluateExactly } from './exact.ts'
import { type Expression, isImaginary, isOpen } from './expression.ts'
import { evaluate } from './numeric.ts'
import { exactPoint, numericPoint, POINTS } from './points.ts'
import { isSame, toNumber } from './rational.ts'
import type { Work } from './work.ts'

/** How far two numbers may lie apart and still be equal: absolutely, and as a share of the reference. */
export type Tolerance = { absolute: Rational; relative: Rational }

/** What a comparison goes by: how exact it is, and how much work it may be. */
export type Terms = { tolerance: Tolerance; work: Work }

/** Points at which both sides must be defined before they are called equal. */
const ENOUGH = 3

/** Least significant digits of a decimal that may stand for an exact value it is the rounding of. */
const SIGNIFICANT = 6

/**
 * Whether two expressions are the same number, or the same function of their variables. Rational values are
 * compared exactly, at fixed points where there are variables; others in doubles within their rounding error.
 * Null where neither can tell.
 */
export function sameScalar(given: Expression, wanted: Expression, terms: Terms): boolean | null {
  const [endA, endB] = [infiniteSign(given), infiniteSign(wanted)]
  if (endA !== 0 || endB !== 0) return endA === endB
  const open = isOpen(given) || isOpen(wanted)
  const exact = compareExactly(given, wanted, open ? POINTS : 1, terms)
  if (exact === true) return true
  if (!open && (isRoundingOf(given, wanted, terms) || isRoundingOf(wanted, given, terms))) return true
  if (exact === false) return false
  const imaginary = isImaginary(given) || isImaginary(wanted)
  const seen = imaginary ? null : compareNumerically(given, wanted, open, true, terms)
  return seen ?? compareNumerically(given, wanted, open, false, terms)
}

/** 1 for infinity, -1 for minus infinity, 0 for all else. */
export function infiniteSign(expression: Expression): number {
  if (expression.kind === 'infinity') return 1
  if (expression.kind !== 'product' || !expression.factors.some(({ kind }) => kind === 'infinity')) return 0
  return expression.factors.reduce((sign, factor) => {
    if (factor.kind === 'infinity') return sign
    return factor.kind === 'number' ? sign * Math.sign(toNumber(factor.value)) : 0
  }, 1)
}

function compareExactly(given: Expression, wanted: Expression, points: number, { tolerance, work }: Terms) {
  let compared = 0
  for (let index = 0; index < points; index++) {
    const point = exactPoint(index)
    const a = evaluateExactly(given, point, work)
    const b = a && evaluateExactly(wanted, point, work)
    if (a === null || b === null) continue
    if (!isSame(a, b) && !isClose(a, b, tolerance.absolute, tolerance.relative)) return false
    compared++
  }
  return compared >= Math.min(points, ENOUGH) ? true : null
}

/** Whether one is a decimal of six digits or more and the other the exact value that it rounds or cuts. */
function isRoundingOf(decimal: Expression, exact: Expression, { work }: Terms): boolean {
  const [sign, numeral] = unsigned(decimal)
  if (numeral.kind !== 'number' || numeral.places === null || unsigned(exact)[1].kind === 'number')
    return false
  if (String(numeral.value.top).length < SIGNIFICANT) return false
  const value = evaluate(exact, numericPoint(0), true, work)
  if (value === null) return false
  const unit = 10 ** -numeral.places
  const written = sign * toNumber(numeral.value)
  const isCut = Math.abs(written) < Math.abs(value.re)
  return Math.abs(written - value.re) <= (isCut ? 0.999999 : 0.500001) * unit + value.error
}

function unsigned(expression: Expression): [sign: number, value: Expression] {
  if (expression.kind !== 'product' || expression.factors.length !== 2) return [1, expression]
  const [first, second] = expression.factors
  const isMinus = first?.kind === 'number' && first.value.top === -1n && first.value.bottom === 1n
  return isMinus && second !== undefined ? [-1, second] : [1, expression]
}

function compareNumerically(
  given: Expression,
  wanted: Expression,
  open: boolean,
  realOnly: boolean,
  { tolerance, work }: Terms,
): boolean | null {
  let [compared, lost] = [0, 0]
  for (let index = 0; index < (open ? POINTS : 1); index++) {
    const a = evaluate(given, numericPoint(index), realOnly, work)
    const b = evaluate(wanted, numericPoint(index), realOnly, work)
    if ((a === null) !== (b === null)) lost++
    if (a === null || b === null) continue
    if (!isNear(a, b, tolerance)) return false
    compared++
  }
  if (compared >= (open ? ENOUGH : 1)) return true
  return !realOnly && lost > 0 ? false : null
}

/** Some thousand times what rounding explains, so that unlucky steps do not tell equal values apart. */
const SLACK = 1e3
const RELATIVE = 1e-12

function isNear(a: Complex, b: Complex, { absolute, relative }: Tolerance): boolean {
  const distance = Math.hypot(a.re - b.re, a.im - b.im)
  const explained = SLACK * (a.error + b.error) + RELATIVE * size(b)
  return distance <= Math.max(explained, toNumber(absolute), toNumber(relative) * size(b))
}
