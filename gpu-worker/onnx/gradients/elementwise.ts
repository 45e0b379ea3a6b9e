import * as ops from '../ops.ts'
import type { Value } from '../types.ts'
import { cotangent, input, output, type Rules, type Use } from './rule.ts'

/** What is computed element by element. In comments, y is the output and dy is d loss / dy. */
export const ELEMENTWISE: Rules = {
  Identity: (use) => [() => cotangent(use)],
  Cast: (use) => [() => ops.cast(use.g, cotangent(use), input(use, 0).dtype)],
  Add: (use) => [() => cotangent(use), () => cotangent(use)],
  Sub: (use) => [() => cotangent(use), () => ops.neg(use.g, cotangent(use))],
  Mul: (use) => [
    () => ops.mul(use.g, cotangent(use), input(use, 1)),
    () => ops.mul(use.g, cotangent(use), input(use, 0)),
  ],
  // dy / b; -dy y / b
  Div: (use) => {
    const quotient = () => ops.div(use.g, cotangent(use), input(use, 1))
    return [quotient, () => ops.neg(use.g, ops.mul(use.g, quotient(), output(use)))]
  },
  // dy b a^(b - 1); dy y log a
  Pow: (use) => {
    const { g } = use
    const [a, b] = [input(use, 0), input(use, 1)]
    const lower = () => ops.pow(g, a, ops.sub(g, b, ops.scalar(g, 1, b.dtype)))
    return [
      () => ops.mul(g, cotangent(use), ops.mul(g, b, lower())),
      () => ops.mul(g, cotangent(use), ops.mul(g, output(use), ops.log(g, a))),
    ]
  },
  Neg: (use) => [() => ops.neg(use.g, cotangent(use))],
  Exp: (use) => [() => ops.mul(use.g, cotangent(use), output(use))],
  Log: (use) => [() => ops.div(use.g, cotangent(use), input(use, 0))],
  // dy / 2y
  Sqrt: (use) => {
    const { g } = use
    const half = () => ops.mul(g, cotangent(use), ops.scalar(g, 0.5, output(use).dtype))
    return [() => ops.div(g, half(), output(use))]
  },
  // -dy y^2
  Reciprocal: (use) => {
    const { g } = use
    const square = () => ops.mul(g, output(use), output(use))
    return [() => ops.neg(g, ops.mul(g, cotangent(use), square()))]
  },
  // Where both are equal, the first is taken.
  Min: (use) => chosen(use, () => ops.atLeast(use.g, input(use, 1), input(use, 0))),
  Max: (use) => chosen(use, () => ops.atLeast(use.g, input(use, 0), input(use, 1))),
  Where: (use) => [null, ...chosen(use, () => input(use, 0))],
  Clip: (use) => {
    const above = () => ops.atLeast(use.g, input(use, 0), input(use, 1))
    const below = () => ops.atLeast(use.g, input(use, 2), input(use, 0))
    return chosen(use, () => ops.and(use.g, above(), below())).slice(0, 1)
  },
}

/** dy where a condition holds, and dy where it doesn't. */
function chosen(use: Use, condition: () => Value): (() => Value)[] {
  const dy = cotangent(use)
  const zero = () => ops.scalar(use.g, 0, dy.dtype)
  return [() => ops.where(use.g, condition(), dy, zero()), () => ops.where(use.g, condition(), zero(), dy)]
}
