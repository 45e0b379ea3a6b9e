import type { Graph } from './graph.ts'
import type { Dim, DType, Shape, Value } from './types.ts'

/** The operators that our layers are made of, each with the shape of what it computes. */

const MICROSOFT = { domain: 'com.microsoft' }

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
  const number = { float32: 1, int32: 6, int64: 7 }[to]
  return g.op('Cast', [x], { dtype: to, shape: x.shape }, { attributes: { to: number } })
}

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

/** `x · wᵀ`: `w` is [out, in] as checkpoints store it. */
export function matmulTransposed(g: Graph, x: Value, w: Value): Value {
  const [out = 0] = w.shape
  const shape = [...x.shape.slice(0, -1), out]
  return g.op('FusedMatMul', [x, w], { dtype: x.dtype, shape }, { ...MICROSOFT, attributes: { transB: 1 } })
}

/** Root-mean-square normalisation over the last axis, then a scale (arXiv 1910.07467, equation 4). */
export function rmsNorm(g: Graph, x: Value, scale: Value, epsilon: number): Value {
  const attributes = { axis: -1, epsilon: { float: epsilon } }
  return g.op('SimplifiedLayerNormalization', [x, scale], x, { attributes })
}

type Attention = {
  query: Value
  key: Value
  value: Value
  pastKey: Value
  pastValue: Value
  /** int32 [1]: tokens in all, less one. */
  lastPosition: Value
  /** int32 scalar: tokens in all. */
  total: Value
  cos: Value
  sin: Value
  heads: number
  kvHeads: number
  /** Rotate neighbouring pairs (as GGUF orders llama's rows) rather than halves. */
  interleaved: boolean
}

/**
 * Causal grouped-query attention with rotary positions (arXiv 2305.13245, 2104.09864).
 * query [1, S, heads * d], key and value [1, S, kvHeads * d], the past [1, kvHeads, capacity, d], of which the
 * first `total - S` positions are read. Returns the output [1, S, heads * d] and the keys and values of all
 * positions [1, kvHeads, max(total, capacity), d].
 */
export function attention(g: Graph, a: Attention): { output: Value; key: Value; value: Value } {
  const [, kvHeads = 0, , d = 0] = a.pastKey.shape
  const present = { dtype: a.pastKey.dtype, shape: [1, kvHeads, 'positions', d] }
  const [output, key, value] = g.node(
    'GroupQueryAttention',
    [a.query, a.key, a.value, a.pastKey, a.pastValue, a.lastPosition, a.total, a.cos, a.sin],
    [a.query, present, present],
    {
      ...MICROSOFT,
      attributes: {
        num_heads: a.heads,
        kv_num_heads: a.kvHeads,
        do_rotary: 1,
        rotary_interleaved: a.interleaved ? 1 : 0,
      },
    },
  )
  if (!output || !key || !value) throw new TypeError('GroupQueryAttention has three outputs')
  return { output, key, value }
}
