import type { Graph } from '../graph.ts'
import { DTYPES, type DType, type Shape, type Value } from '../types.ts'

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

/** a / b, likewise. */
export function div(g: Graph, a: Value, b: Value): Value {
  return elementwise(g, 'Div', a, b)
}

/** a to the power of b, likewise. */
export function pow(g: Graph, a: Value, b: Value): Value {
  return elementwise(g, 'Pow', a, b)
}

/** The smaller of the two, likewise. */
export function min(g: Graph, a: Value, b: Value): Value {
  return elementwise(g, 'Min', a, b)
}

/** The larger of the two, likewise. */
export function max(g: Graph, a: Value, b: Value): Value {
  return elementwise(g, 'Max', a, b)
}

/** x within two scalars. */
export function clip(g: Graph, x: Value, low: Value, high: Value): Value {
  return g.op('Clip', [x, low, high], x)
}

/** -x. */
export function neg(g: Graph, x: Value): Value {
  return g.op('Neg', [x], x)
}

/** e to the power of x. */
export function exp(g: Graph, x: Value): Value {
  return g.op('Exp', [x], x)
}

/** The natural logarithm. */
export function log(g: Graph, x: Value): Value {
  return g.op('Log', [x], x)
}

export function sqrt(g: Graph, x: Value): Value {
  return g.op('Sqrt', [x], x)
}

/** 1 / x. CUDA has none for bfloat16. */
export function reciprocal(g: Graph, x: Value): Value {
  return g.op('Reciprocal', [x], x)
}

/** x itself, as a value of its own: another name for it, or what gradients take for a constant. */
export function identity(g: Graph, x: Value): Value {
  return g.op('Identity', [x], x)
}

function elementwise(g: Graph, op: string, a: Value, b: Value): Value {
  return g.op(op, [a, b], { dtype: a.dtype, shape: broadcast(a.shape, b.shape) })
}

/** Whether each element of `a` is at least that of `b`. */
export function atLeast(g: Graph, a: Value, b: Value): Value {
  return g.op('GreaterOrEqual', [a, b], { dtype: 'bool', shape: broadcast(a.shape, b.shape) })
}

/** bool: a = b, element by element; shapes are broadcast. */
export function equal(g: Graph, a: Value, b: Value): Value {
  return g.op('Equal', [a, b], { dtype: 'bool', shape: broadcast(a.shape, b.shape) })
}

/** Whether both hold, likewise. */
export function and(g: Graph, a: Value, b: Value): Value {
  return g.op('And', [a, b], { dtype: 'bool', shape: broadcast(a.shape, b.shape) })
}

/** `yes` where `condition` holds, else `no`. */
export function where(g: Graph, condition: Value, yes: Value, no: Value): Value {
  const shape = broadcast(condition.shape, broadcast(yes.shape, no.shape))
  return g.op('Where', [condition, yes, no], { dtype: yes.dtype, shape })
}

export function broadcast(a: Shape, b: Shape): Shape {
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
  if (type === 'float64') return g.floats(`float64:${value}`, Float64Array.of(value), [])
  return cast(g, g.floats(`float:${value}`, Float32Array.of(value), []), type)
}
