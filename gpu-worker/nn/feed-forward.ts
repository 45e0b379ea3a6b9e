import * as ops from '../onnx/ops.ts'
import type { Value } from '../onnx/types.ts'
import { adapted, type Blocks, baseLinear, linear, norm } from './block.ts'

/** The gated feed-forward block: down(act(gate(x)) * up(x)) of the normed stream (arXiv 2002.05202). */
export function feedForwardBlock(blocks: Blocks, normed: Value, layer: number): Value {
  const { g, config } = blocks
  const both = baseLinear(blocks, normed, layer, 'ffn_gate_up')
  const [first, second] = ops.split(g, both, [config.feedForward, config.feedForward])
  if (!first || !second) throw new TypeError('a split in two has two parts')
  const gate = adapted(blocks, normed, first, layer, 'ffn_gate')
  const up = adapted(blocks, normed, second, layer, 'ffn_up')
  const active = config.activation === 'gelu' ? ops.gelu(g, gate) : ops.mul(g, gate, ops.sigmoid(g, gate))
  const down = linear(blocks, ops.mul(g, active, up), layer, 'ffn_down')
  return config.postNorms ? norm(blocks, down, layer, 'post_ffw_norm') : down
}
