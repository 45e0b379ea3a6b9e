import * as fused from '../onnx/fused.ts'
import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { Value } from '../onnx/types.ts'
import type { DecoderConfig } from './config.ts'

/** A layer's weight by its role: its name in the checkpoint without the layer's prefix. */
export type Weight = (role: string, shape: readonly number[]) => Value

/** What the layers of one run share. */
export type Positions = { lastPosition: Value; total: Value; cos: Value; sin: Value }

export type KeyValue = { key: Value; value: Value }

/** Attention with its norm and residual. Returns the new stream and the keys and values of all positions. */
export function attentionBlock(
  g: Graph,
  x: Value,
  past: KeyValue,
  positions: Positions,
  weight: Weight,
  config: DecoderConfig,
): { x: Value; present: KeyValue } {
  const { hidden, heads, kvHeads, headSize } = config
  const normed = fused.rmsNorm(g, x, weight('attn_norm', [hidden]), config.normEpsilon)
  const { output, key, value } = fused.attention(g, {
    query: fused.matmulTransposed(g, normed, weight('attn_q', [heads * headSize, hidden])),
    key: fused.matmulTransposed(g, normed, weight('attn_k', [kvHeads * headSize, hidden])),
    value: fused.matmulTransposed(g, normed, weight('attn_v', [kvHeads * headSize, hidden])),
    pastKey: past.key,
    pastValue: past.value,
    last: positions.lastPosition,
    total: positions.total,
    rotary: { cos: positions.cos, sin: positions.sin, interleaved: config.family.rotary === 'neighbours' },
    heads,
    kvHeads,
  })
  const projected = fused.matmulTransposed(g, output, weight('attn_output', [hidden, heads * headSize]))
  return { x: ops.add(g, x, projected), present: { key, value } }
}

/** The gated feed-forward block with its norm and residual: down(silu(gate(x)) * up(x)), arXiv 2002.05202. */
export function feedForwardBlock(g: Graph, x: Value, weight: Weight, config: DecoderConfig): Value {
  const { hidden, feedForward } = config
  const normed = fused.rmsNorm(g, x, weight('ffn_norm', [hidden]), config.normEpsilon)
  const gate = fused.matmulTransposed(g, normed, weight('ffn_gate', [feedForward, hidden]))
  const up = fused.matmulTransposed(g, normed, weight('ffn_up', [feedForward, hidden]))
  const gated = ops.mul(g, ops.mul(g, gate, ops.sigmoid(g, gate)), up)
  return ops.add(g, x, fused.matmulTransposed(g, gated, weight('ffn_down', [hidden, feedForward])))
}

/**
 * The cosines and sines of the rotary positions, each [context, headSize / 2]: the angle of channel i at
 * position p is p * theta^(-2i / headSize) (arXiv 2104.09864, section 3.2.2).
 */
export function rotaryTables(config: DecoderConfig): { cos: Float32Array; sin: Float32Array } {
  const half = config.headSize / 2
  const cos = new Float32Array(config.context * half)
  const sin = new Float32Array(config.context * half)
  for (let i = 0; i < half; i++) {
    const frequency = config.ropeTheta ** ((-2 * i) / config.headSize)
    for (let position = 0; position < config.context; position++) {
      cos[position * half + i] = Math.cos(position * frequency)
      sin[position * half + i] = Math.sin(position * frequency)
    }
  }
  return { cos, sin }
}
