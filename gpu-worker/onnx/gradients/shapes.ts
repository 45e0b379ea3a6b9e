import { fixed, sizesOf, zeroAfter } from '../barrier.ts'
import type { Graph } from '../graph.ts'
import * as ops from '../ops.ts'
import type { Shape, Value } from '../types.ts'

/** Shapes of gradients: what broadcasting repeated is summed, what a reshape moved is moved back. */

/** The elements of `y` in the shape of `x`. */
export function shapedLike(g: Graph, y: Value, x: Value): Value {
  return sameShape(x.shape, y.shape) ? y : ops.reshapeTo(g, y, sizesOf(g, x), x.shape)
}

/** Zeros in the shape of `x`, once `dy` is there: before, they would lie about for as long as the graph runs. */
export function zerosLike(g: Graph, x: Value, dy: Value): Value {
  return ops.expand(g, zeroAfter(g, dy), sizesOf(g, x), x.shape)
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis])
}

/** The gradient of what was broadcast to the shape of `y`: `y` summed over the axes along which `x` was repeated. */
export function sumTo(g: Graph, y: Value, x: Value): Value {
  if (sameShape(y.shape, x.shape)) return y
  const more = y.shape.length - x.shape.length
  const repeated = y.shape.flatMap((dim, axis) => {
    const own = x.shape[axis - more] ?? 1
    if (own === dim) return []
    if (own === 1) return [axis]
    throw new TypeError(`a gradient of shape [${y.shape}] doesn't fit ${x.name} of shape [${x.shape}]`)
  })
  const added = Array.from({ length: Math.max(0, more) }, (_, axis) => axis)
  const axes = [...new Set([...added, ...repeated])]
  return shapedLike(g, axes.length === 0 ? y : ops.reduceSum(g, y, axes), x)
}

/** `x` as a matrix of its last axis. */
export function matrix(g: Graph, x: Value): Value {
  if (x.shape.length === 2) return x
  const rows = x.shape.slice(0, -1)
  const last = x.shape.at(-1) ?? 1
  if (!fixed(rows)) return ops.asMatrix(g, x, `rows_of_${x.name}`)
  return ops.reshape(g, x, [rows.reduce<number>((product, dim) => product * Number(dim), 1), last])
}
