import type { Graph } from './graph.ts'
import { type Dim, DTYPES, type DType, type Shape, type Value } from './types.ts'

/** ONNX's operators, as many as our layers are made of, each with the shape of what it computes. */

/** a + b, element by element; shapes are broadcast. */
export function add(g: Graph, a: Value, b: Value): Value {
  return elementwise(g, 'Add', a, b)
}

/** a - b, likewise. */
export function sub(g: Graph, a: Value, b: Value): Value {
  return elementwise(g, 'Sub', a, b)
}

/** a * b, likewise. */
export function mul(g: Graph, a: Value, b: Value): Value {
  return elementwise(g, 'Mul', a, b)
}

function elementwise(g: Graph, op: string, a: Value, b: Value): Value {
  return g.op(op, [a, b], { dtype: a.dtype, shape: broadcast(a.shape, b.shape) })
}

/** 1 / (1 + exp(-x)). */
export function sigmoid(g: Graph, x: Value): Value {
  return g.op('Sigmoid', [x], x)
}

/** GELU by its tanh approximation (arXiv 1606.08415, section 2). */
export function gelu(g: Graph, x: Value): Value {
  return g.op('Gelu', [x], x, { attributes: { approximate: 'tanh' } })
}

/** Over the last axis. */
export function softmax(g: Graph, x: Value): Value {
  return g.op('Softmax', [x], x, { attributes: { axis: -1 } })
}

/** The product of the last two axes, the earlier ones broadcast. */
export function matmul(g: Graph, a: Value, b: Value): Value {
  const before = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const shape = [...before, a.shape.at(-2) ?? 1, b.shape.at(-1) ?? 1]
  return g.op('MatMul', [a, b], { dtype: a.dtype, shape })
}

/** `a · b + c` of matrices. */
export function gemm(g: Graph, a: Value, b: Value, c: Value): Value {
  return g.op('Gemm', [a, b, c], { dtype: a.dtype, shape: [a.shape[0] ?? 1, b.shape[1] ?? 1] })
}

/** `a · bᵀ` of matrices. For one row of `a` it is faster than other products where `b` is no constant. */
export function gemmTransposed(g: Graph, a: Value, b: Value): Value {
  const shape = [a.shape[0] ?? 1, b.shape[0] ?? 1]
  return g.op('Gemm', [a, b], { dtype: a.dtype, shape }, { attributes: { transB: 1 } })
}

/** Whether each element of `a` is at least that of `b`. */
export function atLeast(g: Graph, a: Value, b: Value): Value {
  return g.op('GreaterOrEqual', [a, b], { dtype: 'bool', shape: broadcast(a.shape, b.shape) })
}

/** bool: a = b, element by element; shapes are broadcast. */
export function equal(g: Graph, a: Value, b: Value): Value {
  return g.op('Equal', [a, b], { dtype: 'bool', shape: broadcast(a.shape, b.shape) })
}

/** `yes` where `condition` holds, else `no`. */
export function where(g: Graph, condition: Value, yes: Value, no: Value): Value {
  const shape = broadcast(condition.shape, broadcast(yes.shape, no.shape))
  return g.op('Where', [condition, yes, no], { dtype: yes.dtype, shape })
}

/** The shape of an elementwise operator's result: axes are aligned at the end, a size of 1 takes the other's. */
function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  const at = (shape: Shape, axis: number) => shape[axis - rank + shape.length] ?? 1
  return Array.from({ length: rank }, (_, axis) => (at(a, axis) === 1 ? at(b, axis) : at(a, axis)))
}

/** x in another type. */
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

/** The entries of `x` along `axis` that `indices` names; indices take the axis's place in the shape. */
export function gather(g: Graph, x: Value, indices: Value, axis: number): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)]
  return g.op('Gather', [x, indices], { dtype: x.dtype, shape }, { attributes: { axis } })
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

/** `data` with `updates` written at `indices`: int64 [..., k], each the first k coordinates of a slice. In place where memory is shared. */
export function scatter(g: Graph, data: Value, indices: Value, updates: Value): Value {
  return g.op('ScatterND', [data, indices, updates], data)
}

/** 0, 1, ... up to a scalar's value. */
export function range(g: Graph, end: Value, size: Dim): Value {
  const constant = (value: number) => cast(g, g.ints([value], []), end.dtype)
  return g.op('Range', [constant(0), end, constant(1)], { dtype: end.dtype, shape: [size] })
}

/** `x` with so many entries of a value behind those of its last axis; `count` is int64 [1]. */
export function padEnd(g: Graph, x: Value, count: Value, size: Dim): Value {
  const none = g.ints(Array.from({ length: 2 * x.shape.length - 1 }, () => 0))
  const pads = concat(g, [none, count], 0, 2 * x.shape.length)
  return g.op('Pad', [x, pads], { dtype: x.dtype, shape: [...x.shape.slice(0, -1), size] })
}
