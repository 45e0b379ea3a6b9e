import { fixed } from '../barrier.ts'
import type { Graph } from '../graph.ts'
import * as ops from '../ops.ts'
import type { Value } from '../types.ts'
import { cotangent, input, integer, noRule, type Rules, type Use } from './rule.ts'
import { zerosLike } from './shapes.ts'

/**
 * What reads and writes at indices: what was read from one place more than once adds up there. All is added by
 * ScatterElements: the runtime's ScatterND loses sums where several of its threads add to one place.
 */
export const INDEXING: Rules = {
  Gather: (use) => [() => gathered(use)],
  GatherElements: (use) => [
    () => {
      const x = input(use, 0)
      const zero = zerosLike(use.g, x, x)
      return ops.scatterElementsAdd(use.g, zero, input(use, 1), cotangent(use), integer(use, 'axis', 0))
    },
  ],
  GatherND: (use) => {
    const { g } = use
    const [x, indices, dy] = [input(use, 0), input(use, 1), cotangent(use)]
    return [
      () => {
        const [lead, rest] = divided(use, Number(indices.shape.at(-1)))
        const strides = lead.map((_, i) => product(lead.slice(i + 1)))
        const places = ops.reduceSum(g, ops.mul(g, indices, g.ints(strides)), [-1])
        return ops.reshape(g, sumOfRows(g, [product(lead), product(rest)], places, dy), x.shape)
      },
    ]
  },
  ScatterND: (use) => {
    const { g, node } = use
    const [dy, indices] = [cotangent(use), input(use, 1)]
    if ((node.attributes?.reduction ?? 'none') !== 'none') throw noRule('ScatterND', 'that adds')
    const zero = () => zerosLike(g, input(use, 2), dy)
    return [() => ops.scatter(g, dy, indices, zero()), null, () => ops.gatherND(g, dy, indices)]
  },
  ScatterElements: (use) => {
    const { g, node } = use
    const dy = cotangent(use)
    if (node.attributes?.reduction !== 'add') throw noRule('ScatterElements', "that doesn't add")
    return [() => dy, null, () => ops.gatherElements(g, dy, input(use, 1), integer(use, 'axis', 0))]
  },
}

/** Rows are added where they were read from; another axis than the first is brought to the front and back. */
function gathered(use: Use): Value {
  const { g } = use
  const [x, indices, dy] = [input(use, 0), input(use, 1), cotangent(use)]
  const given = integer(use, 'axis', 0)
  const axis = given < 0 ? given + x.shape.length : given
  const [before, [size = 1, ...after]] = divided(use, axis)
  const taken = indices.shape.map((_, i) => axis + i)
  const others = dy.shape.map((_, i) => i).filter((i) => !taken.includes(i))
  const rows = axis === 0 ? dy : ops.transpose(g, dy, [...taken, ...others])
  const rest = [...before, ...after]
  const sum = ops.reshape(g, sumOfRows(g, [size, product(rest)], indices, rows), [size, ...rest])
  if (axis === 0) return sum
  const order = rest.map((_, i) => i + 1).toSpliced(axis, 0, 0)
  return ops.transpose(g, sum, order)
}

/** The sizes of the first input's first `count` axes, and those of the others. */
function divided(use: Use, count: number): [number[], number[]] {
  const { shape } = input(use, 0)
  if (!fixed(shape)) throw noRule(use.node.op, 'from a shape that is not known')
  return [shape.slice(0, count), shape.slice(count)]
}

/** A matrix whose rows are the sums of those of `rows` that `indices` gives to each. */
function sumOfRows(g: Graph, [count, width]: [number, number], indices: Value, rows: Value): Value {
  const flat = ops.reshapeTo(g, rows, g.ints([-1, width]), ['rows', width])
  const places = ops.reshapeTo(g, indices, g.ints([-1, 1]), ['rows', 1])
  const wide = ops.expand(g, places, g.ints([1, width]), ['rows', width])
  const zero = zerosLike(g, { ...rows, shape: [count, width] }, rows)
  return ops.scatterElementsAdd(g, zero, wide, flat, 0)
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1)
}
