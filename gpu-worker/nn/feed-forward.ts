import * as fused from '../onnx/fused.ts'
import * as ops from '../onnx/ops.ts'
import type { Value } from '../onnx/types.ts'
import { type Blocks, norm } from './block.ts'

/** The gated feed-forward block: down(act(gate(x)) * up(x)) of the normed stream (arXiv 2002.05202). */
export function feedForwardBlock(blocks: Blocks, normed: Value, layer: number): Value {
  const { g, config, linears } = blocks
  const [gate, up] = linears.gateAndUp(normed, layer)
  const active = config.activation === 'gelu' ? ops.gelu(g, gate) : fused.silu(g, gate)
  const down = linears.down(ops.mul(g, active, up), layer)
  return config.postNorms ? norm(blocks, down, layer, 'post_ffw_norm') : down
}
