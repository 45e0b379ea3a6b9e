import type { Graph } from '../../onnx/graph.ts'
import * as ops from '../../onnx/ops.ts'
import type { Value } from '../../onnx/types.ts'
import { type Linears, layerWeight, type Weights } from '../block.ts'
import type { DecoderConfig } from '../decoder-config.ts'
import { linearParts, linearShape } from '../linear-shapes.ts'
import type { LinearRole, LoraSite } from '../ports.ts'

/** What an adapter makes of a linear map's result y of x. */
export type AdaptedMap = (x: Value, y: Value, layer: number, site: LoraSite) => Value

/** A layer's maps each by itself, so that nothing is cut apart that a gradient would have to put together again. */
export function trainingLinears(
  g: Graph,
  config: DecoderConfig,
  weights: Weights,
  adapted: AdaptedMap | null,
): Linears {
  const maps = (x: Value, layer: number, role: LinearRole): Value[] => {
    const parts = linearParts(config, role)
    const name = layerWeight(layer, role)
    const shape = linearShape(config, role)
    let from = 0
    return parts.map(({ site, rows: count }) => {
      const rows = parts.length > 1 ? { from, count } : undefined
      from += count
      const base = weights.linear(x, `${name}.weight`, shape, rows)
      const y = adapted ? adapted(x, base, layer, site) : base
      if (role !== 'attn_qkv' || !config.qkvBias) return y
      return ops.add(g, y, weights.vector(`${name}.bias`, shape.slice(0, 1), y.dtype, rows))
    })
  }
  const one = (values: readonly Value[]): Value => {
    const [value] = values
    if (!value) throw new TypeError('a map gives one value')
    return value
  }
  return {
    queryKeyValue(x, layer) {
      const [query, key, value] = maps(x, layer, 'attn_qkv')
      if (!query || !key || !value) throw new TypeError('three maps give three values')
      return [query, key, value]
    },
    output: (x, layer) => one(maps(x, layer, 'attn_output')),
    gateAndUp(x, layer) {
      const [gate, up] = maps(x, layer, 'ffn_gate_up')
      if (!gate || !up) throw new TypeError('two maps give two values')
      return [gate, up]
    },
    down: (x, layer) => one(maps(x, layer, 'ffn_down')),
  }
}
