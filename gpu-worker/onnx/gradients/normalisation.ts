import * as ops from '../ops.ts'
import type { Value } from '../types.ts'
import { cotangent, float, input, type Rules, type Use } from './rule.ts'

/** ONNX Runtime's own operators that norm and turn. */
export const NORMALISATION: Rules = {
  SimplifiedLayerNormalization: (use) => {
    const x = input(use, 0)
    return [() => normed(use, x, input(use, 1)), () => scaled(use, x)]
  },
  // The second of its inputs is added to the first, and the sum is its fourth output.
  SkipSimplifiedLayerNormalization: (use) => {
    const [, , , sum] = use.node.outputs
    if (!sum) throw new TypeError('SkipSimplifiedLayerNormalization has four outputs')
    const [ofNorm, , , ofSum] = use.cotangents
    let flow = ofSum ?? null
    if (ofNorm) {
      const through = normed(use, sum, input(use, 2))
      flow = ofSum ? ops.add(use.g, ofSum, through) : through
    }
    const both = flow && (() => flow)
    return [both, both, ofNorm ? () => scaled(use, sum) : null]
  },
  // What turned by an angle turns back by it.
  RotaryEmbedding: (use) => {
    const { g, node } = use
    const back = () => ops.neg(g, input(use, 3))
    return [
      () => {
        const inputs = [cotangent(use), input(use, 1), input(use, 2), back()]
        const { attributes = {} } = node
        return g.op('RotaryEmbedding', inputs, input(use, 0), { domain: 'com.microsoft', attributes })
      },
    ]
  },
}

/** With r = (mean(x^2) + epsilon)^-1/2 and h = dy scale: r (h - x r^2 mean(h x)). */
function normed(use: Use, x: Value, scale: Value): Value {
  const { g } = use
  const r = inverseDeviation(use, x)
  const h = ops.mul(g, cotangent(use), scale)
  const mean = ops.reduceMean(g, ops.mul(g, h, x), [-1], true)
  const along = ops.mul(g, x, ops.mul(g, mean, ops.mul(g, r, r)))
  return ops.mul(g, ops.sub(g, h, along), r)
}

/** dy x r: the caller sums over the rows. */
function scaled(use: Use, x: Value): Value {
  return ops.mul(use.g, cotangent(use), ops.mul(use.g, x, inverseDeviation(use, x)))
}

/** Of each row of the last axis. */
function inverseDeviation(use: Use, x: Value): Value {
  const { g } = use
  const number = (value: number) => ops.scalar(g, value, x.dtype)
  const squares = ops.reduceSumSquare(g, x, [-1], true)
  const mean = ops.mul(g, squares, number(1 / Number(x.shape.at(-1))))
  return ops.reciprocal(g, ops.sqrt(g, ops.add(g, mean, number(float(use, 'epsilon', 1e-5)))))
}
