import type { Rational } from '../numeral.ts'
import type { Expression } from './expression.ts'
import {
  add,
  binomial,
  bitLength,
  commonDivisor,
  compare,
  factorial,
  floor,
  isWhole,
  multiply,
  raise,
  ratio,
  rootOf,
} from './rational.ts'
import type { Work } from './work.ts'

/** Values of the variables. */
export type ExactPoint = (name: string) => Rational | null

/**
 * The exact value of an expression at a point; null where it is not rational, not defined, or beyond the size
 * that is worked with. Throws `OutOfWork`.
 */
export function evaluateExactly(expression: Expression, point: ExactPoint, work: Work): Rational | null {
  const result = partsValue(expression, (part) => evaluateExactly(part, point, work), point)
  work.spend(result === null ? 1 : costOf(result))
  if (expression.kind === 'call') work.spend(COMBINATORIAL[expression.name] ?? 0)
  return result
}

/** Long division and common divisors take the square of the length. */
function costOf({ top, bottom }: Rational): number {
  if (top < 1n << 64n && top > -1n << 64n && bottom < 1n << 64n) return 1
  return 1 + (bitLength(top) + bitLength(bottom)) ** 2 / 100_000
}

const COMBINATORIAL: Record<string, number> = { factorial: 500, binomial: 500 }

function partsValue(expression: Expression, value: Evaluate, point: ExactPoint): Rational | null {
  switch (expression.kind) {
    case 'number':
    case 'based':
      return expression.value
    case 'name':
      return ['pi', 'e', 'i'].includes(expression.name) ? null : point(expression.name)
    case 'text':
      return point(expression.text.toLowerCase())
    case 'sum':
      return fold(expression.terms, { top: 0n, bottom: 1n }, add, value)
    case 'product':
      return fold(expression.factors, { top: 1n, bottom: 1n }, multiply, value)
    case 'power': {
      const [base, exponent] = [value(expression.base), value(expression.exponent)]
      return base && exponent && raise(base, exponent)
    }
    case 'quantity': {
      const amount = value(expression.value)
      if (/^(?:°|deg)/.test(expression.unit)) return null
      return amount && isPercent(expression.unit) ? ratio(amount.top, amount.bottom * 100n) : amount
    }
    case 'call':
      return applied(expression.name, expression.arguments, value)
    default:
      return null
  }
}

export const isPercent = (unit: string) => /^(?:%|percent|pct)$/i.test(unit)

type Evaluate = (part: Expression) => Rational | null

function fold(
  parts: Expression[],
  start: Rational | null,
  join: (a: Rational, b: Rational) => Rational | null,
  value: Evaluate,
): Rational | null {
  let result: Rational | null = start
  for (const part of parts) {
    const next = value(part)
    result = next && result && join(result, next)
    if (result === null) return null
  }
  return result
}

const EXACT: Record<string, (a: Rational, b: Rational | undefined) => Rational | null> = {
  sqrt: (a) => rootOf(a, 2n),
  cbrt: (a) => rootOf(a, 3n),
  root: (a, b) => (b && isWhole(b) ? rootOf(a, b.top / b.bottom) : null),
  abs: (a) => ({ top: a.top < 0n ? -a.top : a.top, bottom: a.bottom }),
  floor: (a) => floor(a),
  ceil: (a) => {
    const { top } = floor({ top: -a.top, bottom: a.bottom })
    return { top: -top, bottom: 1n }
  },
  factorial: (a) => factorial(a),
  binomial: (a, b) => (b ? binomial(a, b) : null),
}

const OF_MANY: Record<string, (a: Rational, b: Rational) => Rational | null> = {
  max: (a, b) => (compare(a, b) < 0 ? b : a),
  min: (a, b) => (compare(a, b) > 0 ? b : a),
  gcd: commonDivisor,
  lcm: (a, b) => {
    const divisor = commonDivisor(a, b)
    return divisor && divisor.top !== 0n ? ratio(a.top * b.top, a.bottom * b.bottom * divisor.top) : null
  },
}

function applied(name: string, given: Expression[], value: Evaluate): Rational | null {
  const run = Object.hasOwn(EXACT, name) ? EXACT[name] : undefined
  if (Object.hasOwn(OF_MANY, name))
    return fold(given.slice(1), given[0] ? value(given[0]) : null, OF_MANY[name] ?? add, value)
  if (run === undefined || given.length > 2) return null
  const [first, second] = given.map(value)
  return first && second !== null ? run(first, second) : null
}
