import * as fused from '../onnx/fused.ts'
import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { Value } from '../onnx/types.ts'
import type { Run } from './attention.ts'
import type { DecoderConfig } from './decoder-config.ts'
import { layerWeight } from './weight-plan.ts'
import type { GraphWeights } from './weights.ts'

/** The gated feed-forward block with its norm and residual: down(act(gate(x)) * up(x)), arXiv 2002.05202. */
export function feedForwardBlock(
  g: Graph,
  x: Value,
  _run: Run,
  weights: GraphWeights,
  config: DecoderConfig,
  layer: number,
): Value {
  const { hidden, feedForward } = config
  const name = (role: string) => layerWeight(layer, role)
  const normed = fused.rmsNorm(
    g,
    x,
    weights.plain(`${name('ffn_norm')}.weight`, [hidden]),
    config.normEpsilon,
  )
  const both = weights.linear(normed, `${name('ffn_gate_up')}.weight`, [2 * feedForward, hidden])
  const [gate, up] = ops.split(g, both, [feedForward, feedForward])
  if (!gate || !up) throw new TypeError('a split in two has two parts')
  const gated = ops.mul(g, ops.mul(g, gate, ops.sigmoid(g, gate)), up)
  return ops.add(g, x, weights.linear(gated, `${name('ffn_down')}.weight`, [hidden, feedForward]))
}
