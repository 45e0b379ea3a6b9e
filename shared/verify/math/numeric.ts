import type { Complex } from './complex.ts'
import * as complex from './complex.ts'
import { isPercent } from './exact.ts'
import type { Expression } from './expression.ts'
import { toNumber } from './rational.ts'
import type { Work } from './work.ts'

/** Values of the variables, in doubles. */
export type NumericPoint = (name: string) => number

const CONSTANTS: Record<string, Complex> = {
  pi: complex.real(Math.PI),
  e: complex.real(Math.E),
  i: { re: 0, im: 1, error: 0 },
}

/** Where a value's error bound is above this share of it (or of 1), it says nothing. */
const BLURRED = 1e-6

/**
 * The value of an expression at a point in complex doubles, with a bound on its rounding error; null where it is
 * undefined, too large or too blurred to say anything. With `realOnly` it is also null where any step leaves the
 * real line, so that sqrt(x) sqrt(y) and sqrt(xy) are compared only where both are real. Throws `OutOfWork`.
 */
export function evaluate(
  expression: Expression,
  point: NumericPoint,
  realOnly: boolean,
  work: Work,
): Complex | null {
  work.spend(1)
  const value = partsValue(expression, (part) => evaluate(part, point, realOnly, work), point)
  if (value === null || !Number.isFinite(value.re) || !Number.isFinite(value.im)) return null
  if (!(value.error <= BLURRED * Math.max(1, complex.size(value)))) return null
  return realOnly && value.im !== 0 ? null : value
}

type Evaluate = (part: Expression) => Complex | null

function partsValue(expression: Expression, value: Evaluate, point: NumericPoint): Complex | null {
  switch (expression.kind) {
    case 'number':
    case 'based':
      return complex.real(toNumber(expression.value))
    case 'name':
      return Object.hasOwn(CONSTANTS, expression.name)
        ? (CONSTANTS[expression.name] ?? null)
        : complex.real(point(expression.name))
    case 'text':
      return complex.real(point(expression.text.toLowerCase()))
    case 'sum':
      return fold(expression.terms, complex.real(0), complex.plus, value)
    case 'product':
      return fold(expression.factors, complex.real(1), complex.times, value)
    case 'power': {
      const [base, exponent] = [value(expression.base), value(expression.exponent)]
      return base && exponent && complex.raise(base, exponent)
    }
    case 'quantity': {
      const amount = value(expression.value)
      if (amount === null) return null
      if (isPercent(expression.unit)) return complex.times(amount, complex.real(0.01))
      return /^(?:°|deg)/.test(expression.unit) ? complex.times(amount, complex.real(Math.PI / 180)) : amount
    }
    case 'call': {
      const given = expression.arguments.map(value)
      const known = given.filter((argument) => argument !== null)
      return known.length === given.length ? applied(expression.name, known, point) : null
    }
    default:
      return null
  }
}

function fold(
  parts: Expression[],
  start: Complex,
  join: (a: Complex, b: Complex) => Complex,
  value: Evaluate,
): Complex | null {
  let result = start
  for (const part of parts) {
    const next = value(part)
    if (next === null) return null
    result = join(result, next)
  }
  return result
}

const { arccos, arcsin, arctan, cbrt, ceil, cos, cosh, exp, floor, gamma, inverse, log } = complex
const { magnitude, plus, real, sin, sinh, squareRoot, tanh, times } = complex
const over = (a: Complex, b: Complex) => times(a, inverse(b))
const next = (z: Complex) => plus(z, real(1, 0))

/** Every function of one argument, by its name in answers. */
const UNARY: Record<string, (z: Complex) => Complex> = {
  sin,
  cos,
  tan: (z) => over(sin(z), cos(z)),
  cot: (z) => over(cos(z), sin(z)),
  sec: (z) => inverse(cos(z)),
  csc: (z) => inverse(sin(z)),
  arcsin,
  arccos,
  arctan,
  asin: arcsin,
  acos: arccos,
  atan: arctan,
  sinh,
  cosh,
  tanh,
  exp,
  ln: log,
  /** Without a base the natural logarithm is meant nearly as often as the decimal one: see `readings`. */
  log,
  lg: (z) => over(log(z), log(real(10))),
  sqrt: squareRoot,
  cbrt,
  abs: magnitude,
  floor,
  ceil,
  factorial: (z) => gamma(next(z)),
}

const BINARY: Record<string, (a: Complex, b: Complex) => Complex> = {
  log: (a, base) => over(log(a), log(base)),
  root: (a, degree) =>
    a.im === 0 && a.re < 0 && degree.re % 2 === 1
      ? times(real(-1, 0), complex.raise({ ...a, re: -a.re }, inverse(degree)))
      : complex.raise(a, inverse(degree)),
  binomial: (n, k) => {
    const rest = plus(n, times(real(-1, 0), k))
    return over(gamma(next(n)), times(gamma(next(k)), gamma(next(rest))))
  },
  max: (a, b) => (a.re >= b.re ? a : b),
  min: (a, b) => (a.re <= b.re ? a : b),
}

function applied(name: string, given: Complex[], point: NumericPoint): Complex | null {
  const [first, second] = given
  if (first === undefined) return null
  if (given.length === 1 && Object.hasOwn(UNARY, name)) return UNARY[name]?.(first) ?? null
  if (given.length === 2 && second && Object.hasOwn(BINARY, name))
    return BINARY[name]?.(first, second) ?? null
  return /^[fg]\b/.test(name) ? unknown(name, given, point) : null
}

/** A function that nothing is known of: some smooth map of its own, so that only equal arguments agree. */
function unknown(name: string, given: Complex[], point: NumericPoint): Complex {
  return given.reduce(
    (total, argument, index) => plus(times(total, real(point(`${name} ${index}`))), sin(argument)),
    real(point(name)),
  )
}
