import type { Graph } from './graph.ts'
import * as ops from './ops.ts'
import type { DType, Shape, Value } from './types.ts'

/**
 * The runtime runs nodes in an order of its own, and computes what depends on constants alone before it starts. Where
 * that would keep too much in memory, a barrier makes it wait.
 */

/** `shape` moves no data, and makes CUDA wait for the host; `sum` adds a zero to every element. */
export type Barrier = 'shape' | 'sum'

/** The better one where a type is computed in: the 16-bit ones are for CUDA. */
export function barrierFor(type: DType): Barrier {
  return type === 'float16' || type === 'bfloat16' ? 'sum' : 'shape'
}

/** Makes values wait for others, on which they don't depend otherwise. */
export function after(g: Graph, others: readonly Value[], barrier: Barrier): (value: Value) => Value {
  const zeros = new Map<DType, Value>()
  const zero = (type: DType) => {
    const sum = zeros.get(type) ?? zeroAfterAll(g, others, type)
    zeros.set(type, sum)
    return sum
  }
  if (barrier === 'sum') return (value) => ops.add(g, value, zero(value.dtype))
  return (value) => ops.reshapeTo(g, value, ops.add(g, sizesOf(g, value), zero('int64')), value.shape)
}

function zeroAfterAll(g: Graph, values: readonly Value[], type: DType): Value {
  return values.map((value) => ops.cast(g, zeroAfter(g, value), type)).reduce((a, b) => ops.add(g, a, b))
}

/** 0, as the sum of none of a value's elements, in its type: whatever they are, infinite or no number. */
export function zeroAfter(g: Graph, x: Value): Value {
  const flat = ops.reshapeTo(g, x, g.ints([-1]), [`size_of_${x.name}`])
  return ops.reduceSum(g, ops.slice(g, flat, 0, g.ints([0]), g.ints([0]), 0), [0])
}

/** The sizes of a value, int64 [rank]: a constant where all are known. */
export function sizesOf(g: Graph, x: Value): Value {
  return fixed(x.shape) ? g.ints(x.shape) : ops.shapeOf(g, x)
}

/** Sizes that are known now. */
export function fixed(shape: Shape): shape is readonly number[] {
  return shape.every((dim) => typeof dim === 'number')
}
