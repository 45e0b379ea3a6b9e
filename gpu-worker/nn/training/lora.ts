import * as fused from '../../onnx/fused.ts'
import type { Graph } from '../../onnx/graph.ts'
import * as ops from '../../onnx/ops.ts'
import type { DType, Value } from '../../onnx/types.ts'
import type { LoraSite } from '../ports.ts'
import type { Pieces } from './flat-parameters.ts'
import { LORA_GROUPS, type LoraGroup, loraName, type ParameterLayout } from './parameter-layout.ts'
import type { AdaptedMap } from './training-linears.ts'

export type LoraMapOptions = {
  layout: Extract<ParameterLayout, { kind: 'lora' }>
  pieces: Pieces
  /** alpha / rank. */
  scaling: number
  type: DType
  /** What A matrices are given of a group's input; null without dropout. */
  dropped: ((x: Value, layer: number, group: LoraGroup) => Value) | null
}

/**
 * y + scaling * drop(x) aᵀ bᵀ (arXiv 2106.09685, equation 3) at the layout's targets. The A matrices of sites that read the
 * same input are one product, and with dropout see the same mask.
 */
export function loraMaps(g: Graph, { layout, pieces, scaling, type, dropped }: LoraMapOptions): AdaptedMap {
  const low = new Map<string, Value>()
  const matrix = (layer: number, site: LoraSite, side: 'A' | 'B') => {
    const piece = pieces.get(loraName(layer, site, side))
    if (!piece) throw new TypeError(`${loraName(layer, site, side)} is no piece of the vector`)
    return ops.cast(g, piece, type)
  }
  const reduce = (x: Value, layer: number, group: LoraGroup) => {
    const sites = layout.targets.filter((site) => group.some((member) => member === site))
    const [first] = sites
    if (first === undefined) return
    const input = dropped ? dropped(x, layer, group) : x
    const product = fused.matmulTransposed(g, input, matrix(layer, first, 'A'))
    const parts =
      sites.length > 1
        ? ops.split(
            g,
            product,
            sites.map(() => layout.rank),
          )
        : [product]
    for (const [i, site] of sites.entries()) {
      const part = parts[i]
      if (part) low.set(`${layer}.${site}`, part)
    }
  }
  return (x, y, layer, site) => {
    const group = LORA_GROUPS.find((members) => members.some((member) => member === site))
    if (!layout.targets.includes(site) || !group) return y
    if (!low.has(`${layer}.${site}`)) reduce(x, layer, group)
    const part = low.get(`${layer}.${site}`)
    if (!part) throw new TypeError(`${site} of layer ${layer} was not reduced`)
    return ops.gemm(g, part, matrix(layer, site, 'B'), y, { transB: true, scale: scaling })
  }
}
