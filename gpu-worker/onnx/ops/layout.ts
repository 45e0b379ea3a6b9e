import type { Graph } from '../graph.ts'
import type { Dim, Shape, Value } from '../types.ts'

/** The parts of `x` along an axis, the last by default, of these sizes. */
export function split(
  g: Graph,
  x: Value,
  sizes: readonly number[],
  axis: number = x.shape.length - 1,
): Value[] {
  const results = sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.with(axis, size) }))
  return g.node('Split', [x, g.ints(sizes)], results, { attributes: { axis } })
}

/**
 * The elements of `x` in another shape. Of its sizes that are known at run time alone, one may be new: what is left;
 * the others keep their axis.
 */
export function reshape(g: Graph, x: Value, shape: Shape): Value {
  const sizes = shape.map((dim, axis) => (typeof dim === 'number' ? dim : dim === x.shape[axis] ? 0 : -1))
  if (sizes.filter((size) => size === -1).length > 1) throw new TypeError(`[${shape}] has two unknown sizes`)
  return g.op('Reshape', [x, g.ints(sizes)], { dtype: x.dtype, shape })
}

/** `x` in sizes that are known at run time: `sizes` is int64 [rank], `shape` what we know of them. */
export function reshapeTo(g: Graph, x: Value, sizes: Value, shape: Shape): Value {
  return g.op('Reshape', [x, sizes], { dtype: x.dtype, shape })
}

/** `x` as a matrix of its last axis: `rows` names how many there are. */
export function asMatrix(g: Graph, x: Value, rows: Dim): Value {
  const shape = [rows, x.shape.at(-1) ?? 1]
  return g.op('Flatten', [x], { dtype: x.dtype, shape }, { attributes: { axis: x.shape.length - 1 } })
}

/** `x` repeated along its axes of size 1: `sizes` is int64 [rank], `shape` what we know of them. */
export function expand(g: Graph, x: Value, sizes: Value, shape: Shape): Value {
  return g.op('Expand', [x, sizes], { dtype: x.dtype, shape })
}

/** `x` with an axis of size 1 put in. */
export function unsqueeze(g: Graph, x: Value, axis: number): Value {
  const shape = x.shape.toSpliced(axis, 0, 1)
  return g.op('Unsqueeze', [x, g.ints([axis])], { dtype: x.dtype, shape })
}

/** The axes of `x` in another order. */
export function transpose(g: Graph, x: Value, order: readonly number[]): Value {
  const shape = order.map((axis) => x.shape[axis] ?? 1)
  return g.op('Transpose', [x], { dtype: x.dtype, shape }, { attributes: { perm: order } })
}

/** The sizes of all axes: int64 [rank]. */
export function shapeOf(g: Graph, x: Value): Value {
  return g.op('Shape', [x], { dtype: 'int64', shape: [x.shape.length] })
}

/** The size of one axis, as an int64 tensor of shape [1]. */
export function sizeOf(g: Graph, x: Value, axis: number): Value {
  const shape: Shape = [1]
  return g.op('Shape', [x], { dtype: 'int64', shape }, { attributes: { start: axis, end: axis + 1 } })
}

/** `x[start:end]` along one axis; bounds are int64 tensors of shape [1], `size` names the result's length. */
export function slice(g: Graph, x: Value, axis: number, start: Value, end: Value, size: Dim): Value {
  const shape = x.shape.map((dim, i) => (i === axis ? size : dim))
  return g.op('Slice', [x, start, end, g.ints([axis])], { dtype: x.dtype, shape })
}

/** The values one after the other along an axis, which `size` says the length of. */
export function concat(g: Graph, values: readonly Value[], axis: number, size: Dim): Value {
  const [first] = values
  if (first === undefined) throw new TypeError('nothing to concatenate')
  const shape = first.shape.map((dim, i) => (i === axis ? size : dim))
  return g.op('Concat', values, { dtype: first.dtype, shape }, { attributes: { axis } })
}

/** `x` with so many entries of a value behind those of its last axis; `count` is int64 [1]. */
export function padEnd(g: Graph, x: Value, count: Value, size: Dim): Value {
  const none = g.ints(Array.from({ length: 2 * x.shape.length - 1 }, () => 0))
  const pads = concat(g, [none, count], 0, 2 * x.shape.length)
  return g.op('Pad', [x, pads], { dtype: x.dtype, shape: [...x.shape.slice(0, -1), size] })
}

/** `x` without an axis, whose size is 1. */
export function squeeze(g: Graph, x: Value, axis: number): Value {
  return g.op('Squeeze', [x, g.ints([axis])], { dtype: x.dtype, shape: x.shape.toSpliced(axis, 1) })
}
