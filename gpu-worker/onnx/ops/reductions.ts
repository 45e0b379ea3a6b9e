import type { Graph } from '../graph.ts'
import type { Value } from '../types.ts'

/** The sum over axes, which are left out of the result, or kept with a size of 1. */
export function reduceSum(g: Graph, x: Value, axes: readonly number[], keep = false): Value {
  return reduce(g, 'ReduceSum', x, axes, keep)
}

/** The mean, likewise. */
export function reduceMean(g: Graph, x: Value, axes: readonly number[], keep = false): Value {
  return reduce(g, 'ReduceMean', x, axes, keep)
}

/** The largest, likewise. */
export function reduceMax(g: Graph, x: Value, axes: readonly number[], keep = false): Value {
  return reduce(g, 'ReduceMax', x, axes, keep)
}

/** The sum of squares, likewise. */
export function reduceSumSquare(g: Graph, x: Value, axes: readonly number[], keep = false): Value {
  return reduce(g, 'ReduceSumSquare', x, axes, keep)
}

/** int64: where along an axis the largest stands, the first of equals; the axis is left out. */
export function argMax(g: Graph, x: Value, axis: number): Value {
  const result = { dtype: 'int64', shape: x.shape.toSpliced(axis, 1) } as const
  return g.op('ArgMax', [x], result, { attributes: { axis, keepdims: 0 } })
}

function reduce(g: Graph, op: string, x: Value, axes: readonly number[], keep: boolean): Value {
  const rank = x.shape.length
  const gone = axes.map((axis) => (axis < 0 ? axis + rank : axis))
  const shape = x.shape.flatMap((dim, axis) => (gone.includes(axis) ? (keep ? [1] : []) : [dim]))
  return g.op(op, [x, g.ints(gone)], { dtype: x.dtype, shape }, { attributes: { keepdims: keep ? 1 : 0 } })
}
