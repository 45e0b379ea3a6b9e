import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { Value } from '../onnx/types.ts'
import { type AdapterPorts, withAdapters } from './adapter-ports.ts'
import { type Linears, layerWeight, type Weights } from './block.ts'
import type { DecoderConfig } from './decoder-config.ts'
import { linearShape } from './linear-shapes.ts'
import type { AdapterRole, LinearRole } from './ports.ts'

/** A layer's maps in as few products as there can be, each beside those of stacked adapters. */
export function stackedLinears(
  g: Graph,
  config: DecoderConfig,
  weights: Weights,
  adapters: AdapterPorts | null,
): Linears {
  const base = (x: Value, layer: number, role: LinearRole) =>
    weights.linear(x, `${layerWeight(layer, role)}.weight`, linearShape(config, role))
  const adapted = (x: Value, y: Value, layer: number, role: AdapterRole) =>
    adapters ? withAdapters(g, adapters, x, y, layer, role) : y
  const whole = (x: Value, layer: number, role: LinearRole & AdapterRole) =>
    adapted(x, base(x, layer, role), layer, role)
  return {
    queryKeyValue(x, layer) {
      const y = whole(x, layer, 'attn_qkv')
      const bias = `${layerWeight(layer, 'attn_qkv')}.bias`
      return [config.qkvBias ? ops.add(g, y, weights.vector(bias, y.shape.slice(-1).map(Number))) : y]
    },
    output: (x, layer) => whole(x, layer, 'attn_output'),
    gateAndUp(x, layer) {
      const both = base(x, layer, 'ffn_gate_up')
      const [gate, up] = ops.split(g, both, [config.feedForward, config.feedForward])
      if (!gate || !up) throw new TypeError('a split in two has two parts')
      return [adapted(x, gate, layer, 'ffn_gate'), adapted(x, up, layer, 'ffn_up')]
    },
    down: (x, layer) => whole(x, layer, 'ffn_down'),
  }
}
