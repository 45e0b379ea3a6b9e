import * as fused from '../onnx/fused.ts'
import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { DType, Value } from '../onnx/types.ts'
import type { DecoderConfig } from './decoder-config.ts'
import type { GraphWeights } from './graph-weights.ts'
import { linearShape } from './linear-shapes.ts'
import { type LinearRole, PORTS } from './ports.ts'

/** What all blocks of a decoder share. */
export type Blocks = {
  g: Graph
  config: DecoderConfig
  weights: GraphWeights
  /** That they compute in. */
  type: DType
  /** The gate of each role's adapters; null where the graph takes none. */
  gates: Readonly<Record<LinearRole, Value>> | null
}

/** The canonical name of a layer's weight, without its kind. */
export const layerWeight = (layer: number, role: string) => `blk.${layer}.${role}`

/** Root-mean-square norm of the last axis by a layer's weight. */
export function norm({ g, config, weights }: Blocks, x: Value, layer: number, role: string): Value {
  const scale = weights.plain(`${layerWeight(layer, role)}.weight`, [Number(x.shape.at(-1))])
  return fused.rmsNorm(g, x, scale, config.normEpsilon)
}

/** A layer's linear map of x, with what adapters add: x wᵀ + gate * (x aᵀ) b (arXiv 2106.09685, equation 3). */
export function linear(blocks: Blocks, x: Value, layer: number, role: LinearRole): Value {
  const { g, config, weights, type, gates } = blocks
  const [out, inner] = linearShape(config, role)
  const y = weights.linear(x, `${layerWeight(layer, role)}.weight`, [out, inner])
  if (!gates) return y
  const ranks = `ranks_${role}`
  const a = g.input(PORTS.loraA(layer, role), type, [ranks, inner])
  const b = g.input(PORTS.loraB(layer, role), type, [ranks, out])
  const low = ops.mul(g, fused.matmulTransposed(g, x, a), gates[role])
  return ops.add(g, y, ops.matmul(g, low, b))
}
