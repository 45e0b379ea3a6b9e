import type { Graph } from './graph.ts'
import { type Dim, DTYPES, type DType, type Shape, type Value } from './types.ts'

/** ONNX's operators, as many as our layers are made of, each with the shape of what it computes. */

/** Elementwise, `b` broadcast to `a`'s shape. */
export function add(g: Graph, a: Value, b: Value): Value {
  return g.op('Add', [a, b], a)
}

export function sub(g: Graph, a: Value, b: Value): Value {
  return g.op('Sub', [a, b], a)
}

export function mul(g: Graph, a: Value, b: Value): Value {
  return g.op('Mul', [a, b], a)
}

export function sigmoid(g: Graph, x: Value): Value {
  return g.op('Sigmoid', [x], x)
}

export function cast(g: Graph, x: Value, to: DType): Value {
  if (x.dtype === to) return x
  return g.op('Cast', [x], { dtype: to, shape: x.shape }, { attributes: { to: DTYPES[to].onnx } })
}

/** A number of a type, to broadcast. */
export function scalar(g: Graph, value: number, type: DType): Value {
  return cast(g, g.floats(`float:${value}`, Float32Array.of(value), []), type)
}

/** The parts of `x` along its last axis, of these sizes. */
export function split(g: Graph, x: Value, sizes: readonly number[]): Value[] {
  const results = sizes.map((size) => ({ dtype: x.dtype, shape: [...x.shape.slice(0, -1), size] }))
  return g.node('Split', [x, g.ints(sizes)], results, { attributes: { axis: -1 } })
}

/** One size may be -1: what is left of the elements. A size of 0 keeps the axis's. */
export function reshape(g: Graph, x: Value, shape: readonly number[]): Value {
  return g.op('Reshape', [x, g.ints(shape)], { dtype: x.dtype, shape })
}

/** The entries of `x` along `axis` that `indices` names; indices take the axis's place in the shape. */
export function gather(g: Graph, x: Value, indices: Value, axis: number): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)]
  return g.op('Gather', [x, indices], { dtype: x.dtype, shape }, { attributes: { axis } })
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

export function concat(g: Graph, values: readonly Value[], axis: number, size: Dim): Value {
  const [first] = values
  if (first === undefined) throw new TypeError('nothing to concatenate')
  const shape = first.shape.map((dim, i) => (i === axis ? size : dim))
  return g.op('Concat', values, { dtype: first.dtype, shape }, { attributes: { axis } })
}
