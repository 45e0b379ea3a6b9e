import * as ops from '../ops.ts'
import type { Value } from '../types.ts'
import { cotangent, float, input, noRule, output, type Rules, type Use } from './rule.ts'

/** Activations and softmax. In comments, y is the output and dy is d loss / dy. */
export const ACTIVATIONS: Rules = {
  // dy y (1 - y)
  Sigmoid: (use) => {
    const { g } = use
    const y = output(use)
    return [() => ops.mul(g, ops.mul(g, cotangent(use), y), ops.sub(g, one(use), y))]
  },
  // dy (1 - y^2)
  Tanh: (use) => {
    const { g } = use
    const square = () => ops.mul(g, output(use), output(use))
    return [() => ops.mul(g, cotangent(use), ops.sub(g, one(use), square()))]
  },
  Softplus: (use) => [() => ops.mul(use.g, cotangent(use), ops.sigmoid(use.g, input(use, 0)))],
  // With s = sigmoid(alpha x): dy (s + alpha y (1 - s)). s is computed again: that is cheaper than to keep it.
  QuickGelu: (use) => {
    const { g } = use
    const alpha = float(use, 'alpha', 1.702)
    const times = (x: Value) => (alpha === 1 ? x : ops.mul(g, x, ops.scalar(g, alpha, x.dtype)))
    const slope = () => {
      const s = ops.sigmoid(g, times(input(use, 0)))
      return ops.add(g, s, times(ops.mul(g, output(use), ops.sub(g, one(use), s))))
    }
    return [() => ops.mul(g, cotangent(use), slope())]
  },
  Gelu: (use) => {
    if (use.node.attributes?.approximate !== 'tanh') throw noRule('Gelu', 'without the tanh approximation')
    return [() => ops.mul(use.g, cotangent(use), geluSlope(use))]
  },
  // y (dy - sum(dy y))
  Softmax: (use) => {
    const { g } = use
    const dy = cotangent(use)
    const y = output(use)
    const mean = () => ops.reduceSum(g, ops.mul(g, dy, y), [lastAxis(use)], true)
    return [() => ops.mul(g, y, ops.sub(g, dy, mean()))]
  },
  // dy - exp(y) sum(dy)
  LogSoftmax: (use) => {
    const { g } = use
    const dy = cotangent(use)
    const sum = () => ops.reduceSum(g, dy, [lastAxis(use)], true)
    return [() => ops.sub(g, dy, ops.mul(g, ops.exp(g, output(use)), sum()))]
  },
}

function one(use: Use): Value {
  return ops.scalar(use.g, 1, output(use).dtype)
}

function lastAxis({ node }: Use): number {
  if (node.attributes?.axis === -1) return -1
  throw noRule(node.op, 'over another axis than the last')
}

/** With u = sqrt(2 / pi) (x + c x^3) and t = tanh u: (1 + t) / 2 + x (1 - t^2) u' / 2. */
function geluSlope(use: Use): Value {
  const { g } = use
  const x = input(use, 0)
  const number = (value: number) => ops.scalar(g, value, x.dtype)
  const [c, slope] = [0.044715, Math.sqrt(2 / Math.PI)]
  const square = ops.mul(g, x, x)
  const linear = (cubic: number) => ops.add(g, number(slope), ops.mul(g, square, number(slope * cubic)))
  const t = ops.tanh(g, ops.mul(g, x, linear(c)))
  const bend = ops.mul(g, x, ops.mul(g, ops.sub(g, number(1), ops.mul(g, t, t)), linear(3 * c)))
  return ops.mul(g, number(0.5), ops.add(g, ops.add(g, number(1), t), bend))
}
