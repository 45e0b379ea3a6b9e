import * as fused from '../onnx/fused.ts'
import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { Value } from '../onnx/types.ts'
import type { DecoderConfig } from './decoder-config.ts'
import { PORTS } from './ports.ts'
import { layerWeight } from './weight-plan.ts'
import type { GraphWeights } from './weights.ts'

/** What the layers of one run share. */
export type Run = {
  positions: Value
  last: Value
  total: Value
  bias: Value | null
  rotary: { cos: Value; sin: Value }
}

/** Attention with its norm and residual: the new stream. The layer's keys and values become outputs of the graph. */
export function attentionBlock(
  g: Graph,
  x: Value,
  run: Run,
  weights: GraphWeights,
  config: DecoderConfig,
  layer: number,
): Value {
  const { hidden, heads, kvHeads, headSize } = config
  const name = (role: string) => layerWeight(layer, role)
  const normed = fused.rmsNorm(
    g,
    x,
    weights.plain(`${name('attn_norm')}.weight`, [hidden]),
    config.normEpsilon,
  )
  const past = ['batch', kvHeads, 'capacity', headSize]
  const { output, key, value } = fused.attention(g, {
    query: weights.linear(normed, `${name('attn_qkv')}.weight`, [(heads + 2 * kvHeads) * headSize, hidden]),
    key: null,
    value: null,
    pastKey: g.input(PORTS.pastKey(layer), x.dtype, past),
    pastValue: g.input(PORTS.pastValue(layer), x.dtype, past),
    last: run.last,
    total: run.total,
    rotary: { ...run.rotary, interleaved: false },
    positions: run.positions,
    bias: run.bias,
    heads,
    kvHeads,
    scale: config.scoreScale,
  })
  g.output(PORTS.presentKey(layer), key)
  g.output(PORTS.presentValue(layer), value)
  return ops.add(g, x, weights.linear(output, `${name('attn_output')}.weight`, [hidden, heads * headSize]))
}
