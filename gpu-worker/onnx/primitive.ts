import type { Product, Rotary } from './fused.ts'
import type { Graph } from './graph.ts'
import * as ops from './ops.ts'
import type { Value } from './types.ts'

/** What ONNX Runtime's own operators compute, written out in ONNX's, which run in float64 too. */

/** The product of the last two axes, either side transposed or not, times a number. */
export function product(g: Graph, a: Value, b: Value, { transA, transB, scale = 1 }: Product): Value {
  const y = ops.matmul(g, transA ? flipped(g, a) : a, transB ? flipped(g, b) : b)
  return scale === 1 ? y : ops.mul(g, y, ops.scalar(g, scale, y.dtype))
}

function flipped(g: Graph, x: Value): Value {
  const last = x.shape.length - 1
  return ops.transpose(g, x, [...x.shape.map((_, axis) => axis).slice(0, -2), last, last - 1])
}

/** Root-mean-square normalisation over the last axis, then a scale (arXiv 1910.07467, equation 4). */
export function rmsNorm(g: Graph, x: Value, scale: Value, epsilon: number): Value {
  const mean = ops.reduceMean(g, ops.mul(g, x, x), [-1], true)
  const deviation = ops.sqrt(g, ops.add(g, mean, ops.scalar(g, epsilon, x.dtype)))
  return ops.mul(g, ops.div(g, x, deviation), scale)
}

/** Heads [B, heads, S, d] turned by the positions [B, S] (arXiv 2104.09864, equation 34). */
export function rotate(g: Graph, x: Value, positions: Value, { cos, sin, interleaved }: Rotary): Value {
  if (interleaved) throw new TypeError('neighbours are turned by the fused operator alone')
  const half = Number(x.shape.at(-1)) / 2
  const [a, b] = ops.split(g, x, [half, half])
  if (!a || !b) throw new TypeError('a split in two has two parts')
  const [c, s] = [cos, sin].map((table) => ops.unsqueeze(g, ops.gather(g, table, positions, 0), 1))
  if (!c || !s) throw new TypeError('a rotation has two tables')
  const turned = [
    ops.sub(g, ops.mul(g, a, c), ops.mul(g, b, s)),
    ops.add(g, ops.mul(g, b, c), ops.mul(g, a, s)),
  ]
  return ops.concat(g, turned, x.shape.length - 1, 2 * half)
}
