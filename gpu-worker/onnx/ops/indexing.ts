import type { Graph } from '../graph.ts'
import type { Dim, Value } from '../types.ts'
import { cast } from './elementwise.ts'

/** The entries of `x` along `axis` that `indices` names; indices take the axis's place in the shape. */
export function gather(g: Graph, x: Value, indices: Value, axis: number): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)]
  return g.op('Gather', [x, indices], { dtype: x.dtype, shape }, { attributes: { axis } })
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

/** Of `x`, along `axis`, the entry that `indices` names at each of its own places: they have one rank. */
export function gatherElements(g: Graph, x: Value, indices: Value, axis: number): Value {
  const result = { dtype: x.dtype, shape: indices.shape }
  return g.op('GatherElements', [x, indices], result, { attributes: { axis } })
}

/** The slices of `x` at `indices`: int64 [..., k], each the first k coordinates of a slice. */
export function gatherND(g: Graph, x: Value, indices: Value): Value {
  const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(Number(indices.shape.at(-1)))]
  return g.op('GatherND', [x, indices], { dtype: x.dtype, shape })
}

/** `data` with `updates` added along `axis` where `indices` names, as `gatherElements` reads; what meets adds up. */
export function scatterElementsAdd(
  g: Graph,
  data: Value,
  indices: Value,
  updates: Value,
  axis: number,
): Value {
  return g.op('ScatterElements', [data, indices, updates], data, { attributes: { axis, reduction: 'add' } })
}
