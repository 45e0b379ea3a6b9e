import { type Expression, product, quotient, whole } from './expression.ts'
import { sameScalar, type Terms } from './scalar.ts'
import { findUnit } from './units.ts'

type Quantity = { value: Expression; unit: string | null }

/** A value without the unit that stands behind all of it. */
function lifted(expression: Expression): Quantity {
  if (expression.kind === 'quantity') return { value: expression.value, unit: expression.unit }
  if (expression.kind !== 'product') return { value: expression, unit: null }
  const last = expression.factors.at(-1)
  if (last === undefined) return { value: expression, unit: null }
  const { value, unit } = lifted(last)
  return { value: product(...expression.factors.slice(0, -1), value), unit: unit }
}

/**
 * Whether two values, each with or without a unit, are the same. A unit that one of them leaves out, or that is
 * not known, is taken as said; known units are converted. 20% without a sign on the other side is 20 or 0.2, and
 * 90 degrees is 90 or pi/2.
 */
export function sameQuantity(given: Expression, wanted: Expression, terms: Terms): boolean | null {
  const [a, b] = [lifted(given), lifted(wanted)]
  if (a.unit === null && b.unit === null) return sameNumber(given, wanted, terms)
  const [unitA, unitB] = [a.unit && findUnit(a.unit), b.unit && findUnit(b.unit)]
  if (unitA && unitB) {
    if (unitA.dimension === unitB.dimension) {
      const factor = quotient(whole(unitA.top * unitB.bottom), whole(unitA.bottom * unitB.top))
      const isOne = unitA.top * unitB.bottom === unitA.bottom * unitB.top
      return sameNumber(isOne ? a.value : product(a.value, factor), b.value, terms)
    }
    if (unitA.dimension === 'radian' || unitB.dimension === 'radian') return sameNumber(given, wanted, terms)
    return false
  }
  const asWritten = sameNumber(a.value, b.value, terms)
  const isRelative = [unitA, unitB].some((unit) => unit && ['share', 'angle'].includes(unit.dimension))
  return asWritten === true || !isRelative ? asWritten : sameScalar(given, wanted, terms)
}

/** Digits with a base are also equal to the same digits without it, as the base was asked for. */
function sameNumber(given: Expression, wanted: Expression, terms: Terms): boolean | null {
  const same = sameScalar(given, wanted, terms)
  return same === false && (sameDigits(given, wanted) || sameDigits(wanted, given)) ? true : same
}

function sameDigits(based: Expression, plain: Expression): boolean {
  return based.kind === 'based' && plain.kind === 'number' && plain.places === null
    ? based.digits === String(plain.value.top)
    : false
}
