import type { Graph } from '../graph.ts'
import type { Value } from '../types.ts'
import { broadcast } from './elementwise.ts'

/** The product of the last two axes, the earlier ones broadcast. */
export function matmul(g: Graph, a: Value, b: Value): Value {
  const before = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const shape = [...before, a.shape.at(-2) ?? 1, b.shape.at(-1) ?? 1]
  return g.op('MatMul', [a, b], { dtype: a.dtype, shape })
}

/** `scale (a · b) + c` of matrices, b transposed or not. */
export function gemm(
  g: Graph,
  a: Value,
  b: Value,
  c: Value,
  { transB = false, scale = 1 }: { transB?: boolean; scale?: number } = {},
): Value {
  const shape = [a.shape[0] ?? 1, b.shape[transB ? 0 : 1] ?? 1]
  const attributes = { ...(transB ? { transB: 1 } : {}), ...(scale === 1 ? {} : { alpha: { float: scale } }) }
  return g.op('Gemm', [a, b, c], { dtype: a.dtype, shape }, { attributes })
}

/** `a · bᵀ` of matrices. For one row of `a` it is faster than other products where `b` is no constant. */
export function gemmTransposed(g: Graph, a: Value, b: Value): Value {
  const shape = [a.shape[0] ?? 1, b.shape[0] ?? 1]
  return g.op('Gemm', [a, b], { dtype: a.dtype, shape }, { attributes: { transB: 1 } })
}
