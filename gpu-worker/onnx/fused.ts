import type { Graph } from './graph.ts'
import * as ops from './ops.ts'
import * as primitive from './primitive.ts'
import type { Value } from './types.ts'

/**
 * ONNX Runtime's own operators, which do in one what would take many, each with the shape of what it computes. It has
 * none of them for float64, where ONNX's operators take their place.
 */

const MICROSOFT = { domain: 'com.microsoft' }

export type Product = { transA?: boolean; transB?: boolean; scale?: number }
export type Rotary = { cos: Value; sin: Value; interleaved: boolean }

/** The product of the last two axes, either side transposed or not, times a number; the earlier axes are broadcast. */
export function product(g: Graph, a: Value, b: Value, form: Product = {}): Value {
  const { transA = false, transB = false, scale = 1 } = form
  if (!transA && !transB && scale === 1) return ops.matmul(g, a, b)
  if (a.dtype === 'float64') return primitive.product(g, a, b, form)
  const before = ops.broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const shape = [...before, a.shape.at(transA ? -1 : -2) ?? 1, b.shape.at(transB ? -2 : -1) ?? 1]
  const attributes = {
    ...(transA ? { transA: 1 } : {}),
    ...(transB ? { transB: 1 } : {}),
    ...(scale === 1 ? {} : { alpha: { float: scale } }),
  }
  return g.op('FusedMatMul', [a, b], { dtype: a.dtype, shape }, { ...MICROSOFT, attributes })
}

/** `x · wᵀ`: `w` is [out, in] as checkpoints store it. */
export function matmulTransposed(g: Graph, x: Value, w: Value): Value {
  return product(g, x, w, { transB: true })
}

/** `x · wᵀ` of the last two axes, times a number; the earlier axes are broadcast. */
export function scaledProducts(g: Graph, x: Value, w: Value, scale: number): Value {
  return product(g, x, w, { transB: true, scale })
}

/** Heads [B, heads, S, d] turned by the positions [B, S], each half's channels together (arXiv 2104.09864). */
export function rotate(g: Graph, x: Value, positions: Value, rotary: Rotary): Value {
  if (x.dtype === 'float64') return primitive.rotate(g, x, positions, rotary)
  const attributes = { interleaved: rotary.interleaved ? 1 : 0 }
  return g.op('RotaryEmbedding', [x, positions, rotary.cos, rotary.sin], x, { ...MICROSOFT, attributes })
}

/** x / (1 + exp(-x)) (arXiv 1702.03118, equation 5). */
export function silu(g: Graph, x: Value): Value {
  if (x.dtype !== 'float32') return ops.mul(g, x, ops.sigmoid(g, x))
  return g.op('QuickGelu', [x], x, { ...MICROSOFT, attributes: { alpha: { float: 1 } } })
}

/** Root-mean-square normalisation over the last axis, then a scale (arXiv 1910.07467, equation 4). */
export function rmsNorm(g: Graph, x: Value, scale: Value, epsilon: number): Value {
  if (x.dtype === 'float64') return primitive.rmsNorm(g, x, scale, epsilon)
  const attributes = { axis: -1, epsilon: { float: epsilon } }
  return g.op('SimplifiedLayerNormalization', [x, scale], x, { attributes })
}

/** The sum of two streams, and its root-mean-square norm: `normed` is `rmsNorm` of `sum`. */
export function addNorm(
  g: Graph,
  x: Value,
  y: Value,
  scale: Value,
  epsilon: number,
): { sum: Value; normed: Value } {
  if (x.dtype === 'float64') {
    const sum = ops.add(g, x, y)
    return { sum, normed: primitive.rmsNorm(g, sum, scale, epsilon) }
  }
  const attributes = { epsilon: { float: epsilon } }
  // Between the two lie what training alone needs.
  const results = [x, { dtype: 'float32', shape: [] }, { dtype: 'float32', shape: [] }, x] as const
  const values = g.node('SkipSimplifiedLayerNormalization', [x, y, scale], results, {
    ...MICROSOFT,
    attributes,
  })
  const [normed, , , sum] = values
  if (!normed || !sum) throw new TypeError('SkipSimplifiedLayerNormalization has four outputs')
  return { sum, normed }
}

type Attention = {
  /** [B, S, heads * d]; or, with `key` and `value` null, queries, keys and values side by side. */
  query: Value
  key: Value | null
  value: Value | null
  /** [B, kvHeads, capacity, d]. */
  pastKey: Value
  pastValue: Value
  /** int32 [B]: tokens of a row in all, less one. */
  last: Value
  /** int32 scalar: tokens of the longest row in all. */
  total: Value
  /** Tables [positions, d / 2]; channels of each half rotate together, or neighbours if interleaved. */
  rotary: Rotary
  /**
   * int64 [B, S]: the rows of the tables for each token. By default it is a token's place in its row, and so it is for
   * all but the first token wherever S = total.
   */
  positions?: Value
  /** [1, 1, S, total]: added to the scores. */
  bias?: Value | null
  heads: number
  kvHeads: number
  /** Of the scores; 1 / sqrt(d) by default. */
  scale?: number
  /** How many places each token sees, its own among them; all before it by default. */
  window?: number | null
}

/**
 * Causal grouped-query attention with rotary positions (arXiv 2305.13245, 2104.09864). Returns the output
 * [B, S, heads * d], and the keys and values of all tokens [B, kvHeads, max(total, capacity), d]: where they are
 * bound to the memory of the past, the new tokens' places alone are written. With S > 1 and a past, B must be 1.
 */
export function attention(g: Graph, a: Attention): { output: Value; key: Value; value: Value } {
  const { dtype, shape } = a.pastKey
  const [batch = 1, kvHeads = 0, , d = 0] = shape
  const present = { dtype, shape: [batch, kvHeads, 'filled', typeof d === 'number' ? d : 0] }
  const size = typeof d === 'number' ? a.heads * d : 0
  const [output, key, value] = g.node(
    'GroupQueryAttention',
    [
      ...[a.query, a.key, a.value, a.pastKey, a.pastValue, a.last, a.total, a.rotary.cos, a.rotary.sin],
      ...[a.positions ?? null, a.bias ?? null],
    ],
    [{ dtype: a.query.dtype, shape: [...a.query.shape.slice(0, -1), size] }, present, present],
    {
      ...MICROSOFT,
      attributes: {
        num_heads: a.heads,
        kv_num_heads: a.kvHeads,
        do_rotary: 1,
        rotary_interleaved: a.rotary.interleaved ? 1 : 0,
        ...(a.scale === undefined ? {} : { scale: { float: a.scale } }),
        ...(a.window ? { local_window_size: a.window } : {}),
      },
    },
  )
  if (!output || !key || !value) throw new TypeError('GroupQueryAttention has three outputs')
  return { output, key, value }
}

type Blocked = {
  /** uint8 [out, in / block, block * bits / 8]. */
  values: Value
  /** [out * in / block], of x's type. */
  scales: Value
  /** uint8, packed as the values are; null where the zero point is the middle. */
  zeros: Value | null
  bits: number
  block: number
  shape: readonly number[]
}

/** The numbers of accuracy_level: how exact x must stay while it is multiplied. */
const INT8 = 4

/** `x · wᵀ` with w in blocks of whole numbers, each with a scale. On the CPU, x is rounded to 8 bits a block. */
export function matmulBlocked(g: Graph, x: Value, w: Blocked): Value {
  const [out = 0, inner = 0] = w.shape
  const shape = [...x.shape.slice(0, -1), out]
  const attributes = { K: inner, N: out, bits: w.bits, block_size: w.block, accuracy_level: INT8 }
  return g.op(
    'MatMulNBits',
    [x, w.values, w.scales, w.zeros],
    { dtype: x.dtype, shape },
    { ...MICROSOFT, attributes },
  )
}
