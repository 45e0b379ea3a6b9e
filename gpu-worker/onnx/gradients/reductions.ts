import { sizesOf } from '../barrier.ts'
import * as ops from '../ops.ts'
import type { Value } from '../types.ts'
import { constants, cotangent, input, noRule, output, type Rules, type Use } from './rule.ts'

/** Sums and their kin over axes. In comments, x is the input, y the output and dy is d loss / dy. */
export const REDUCTIONS: Rules = {
  ReduceSum: (use) => [() => spread(use, cotangent(use))],
  ReduceMean: (use) => {
    const share = () => ops.scalar(use.g, 1 / count(use), cotangent(use).dtype)
    return [() => spread(use, ops.mul(use.g, cotangent(use), share()))]
  },
  // 2 x dy
  ReduceSumSquare: (use) => {
    const twice = () => ops.mul(use.g, cotangent(use), ops.scalar(use.g, 2, cotangent(use).dtype))
    return [() => ops.mul(use.g, input(use, 0), kept(use, twice()))]
  },
  // dy, shared by all that are the largest.
  ReduceMax: (use) => {
    const { g } = use
    const dy = cotangent(use)
    const largest = () => {
      const same = ops.equal(g, input(use, 0), kept(use, output(use)))
      const mask = ops.cast(g, same, dy.dtype)
      return ops.mul(g, mask, ops.div(g, kept(use, dy), ops.reduceSum(g, mask, axes(use), true)))
    }
    return [largest]
  },
}

/** The axes that were reduced, from the front. */
function axes(use: Use): number[] {
  const rank = input(use, 0).shape.length
  return constants(use, 1).map((axis) => (axis < 0 ? axis + rank : axis))
}

/** How many elements each of the results was made of. */
function count(use: Use): number {
  const sizes = axes(use).map((axis) => Number(input(use, 0).shape[axis]))
  const product = sizes.reduce((all, size) => all * size, 1)
  if (Number.isNaN(product)) throw noRule(use.node.op, 'over an axis whose size is not known')
  return product
}

/** `y` with a size of 1 in place of each axis that was reduced. */
function kept(use: Use, y: Value): Value {
  const reduced = axes(use)
  const shape = input(use, 0).shape.map((dim, axis) => (reduced.includes(axis) ? 1 : dim))
  if (shape.length === y.shape.length) return y
  return ops.reshapeTo(use.g, y, sizesOf(use.g, { ...y, shape }), shape)
}

/** `y` repeated along the axes that were reduced. */
function spread(use: Use, y: Value): Value {
  const x = input(use, 0)
  return ops.expand(use.g, kept(use, y), sizesOf(use.g, x), x.shape)
}
