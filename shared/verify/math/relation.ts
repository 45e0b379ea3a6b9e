import type { Rational } from '../numeral.ts'
import { evaluateExactly } from './exact.ts'
import { type Comparison, type Expression, negative, product, type Relation, sum } from './expression.ts'
import { evaluate } from './numeric.ts'
import { exactPoint, numericPoint, POINTS } from './points.ts'
import { raise } from './rational.ts'
import { sameScalar, type Terms } from './scalar.ts'

/**
 * What a relation says a thing is: the last side of x = 5 + 6 = 11, of f(2) = 11, of (p, q) = (1, 2) and of
 * 5 + 6 = 11. Null where the first side is an expression in variables, which makes it an equation, and for
 * inequalities.
 */
export function assigned({ sides, comparisons }: Relation): Expression | null {
  const [first] = sides
  const last = sides.at(-1)
  if (first === undefined || last === undefined || comparisons.some((comparison) => comparison !== '='))
    return null
  return ['name', 'text', 'call', 'list', 'number', 'based'].includes(first.kind) ? last : null
}

/** One comparison, the smaller side first. */
type Step = { comparison: Comparison; left: Expression; right: Expression }

const REVERSED: { [comparison in Comparison]?: Comparison } = { '>': '<', '≥': '≤' }

function stepsOf({ sides, comparisons }: Relation): Step[] {
  const [first] = sides
  const last = sides.at(-1)
  if (first && last && comparisons.every((comparison) => comparison === '=')) {
    return [{ comparison: '=', left: first, right: last }]
  }
  const steps = comparisons.flatMap((comparison, at): Step[] => {
    const [left, right] = [sides[at], sides[at + 1]]
    if (left === undefined || right === undefined) return []
    const reversed = REVERSED[comparison]
    return [reversed ? { comparison: reversed, left: right, right: left } : { comparison, left, right }]
  })
  return REVERSED[comparisons[0] ?? '='] ? steps.reverse() : steps
}

/**
 * Whether two equations or inequalities say the same: step for step, the differences of their sides are the same
 * but for a constant factor (a positive one where the order matters). `same` compares sides that are no numbers.
 */
export function sameRelation(
  given: Relation,
  wanted: Relation,
  terms: Terms,
  same: (given: Expression, wanted: Expression) => boolean | null,
): boolean {
  const [a, b] = [stepsOf(given), stepsOf(wanted)]
  if (a.length !== b.length) return false
  return a.every((step, at) => {
    const other = b[at]
    if (other === undefined || step.comparison !== other.comparison) return false
    if (same(step.left, other.left) === true && same(step.right, other.right) === true) return true
    if (step.comparison === '∈') return false
    return isProportional(difference(step), difference(other), '<≤'.includes(step.comparison), terms)
  })
}

const difference = ({ left, right }: Step) => sum(left, negative(right))

function isProportional(a: Expression, b: Expression, positive: boolean, terms: Terms): boolean {
  const ratio = ratioOf(a, b, terms)
  if (ratio === null || ratio.top === 0n || (positive && ratio.top < 0n)) return false
  return sameScalar(a, product({ kind: 'number', value: ratio, places: null }, b), terms) === true
}

/** a / b at the first point where both are defined and b is not 0. */
function ratioOf(a: Expression, b: Expression, { work }: Terms): Rational | null {
  for (let index = 0; index < POINTS; index++) {
    const [top, bottom] = [
      evaluateExactly(a, exactPoint(index), work),
      evaluateExactly(b, exactPoint(index), work),
    ]
    if (top && bottom && bottom.top !== 0n) {
      const inverse = raise(bottom, { top: -1n, bottom: 1n })
      return inverse && { top: top.top * inverse.top, bottom: top.bottom * inverse.bottom }
    }
    const [x, y] = [
      evaluate(a, numericPoint(index), true, work),
      evaluate(b, numericPoint(index), true, work),
    ]
    if (x && y && Math.abs(y.re) > 1e-9 && Math.abs(x.re / y.re) < 1e6) return fromNumber(x.re / y.re)
  }
  return null
}

/** The double as a fraction, to 2^-53. */
const fromNumber = (value: number): Rational => ({
  top: BigInt(Math.round(value * 2 ** 53)),
  bottom: 1n << 53n,
})
