import * as fused from '../onnx/fused.ts'
import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { DType, Value } from '../onnx/types.ts'
import { type AdapterPorts, withAdapters } from './adapter-ports.ts'
import type { DecoderConfig } from './decoder-config.ts'
import type { GraphWeights } from './graph-weights.ts'
import { linearShape } from './linear-shapes.ts'
import type { AdapterRole, LinearRole } from './ports.ts'

/** What all blocks of a decoder share. */
export type Blocks = {
  g: Graph
  config: DecoderConfig
  weights: GraphWeights
  /** That they compute in. */
  type: DType
  /** int64 [2]: B and S. Streams are [B * S, ...]. */
  sizes: Value
  /** Null where the graph takes no adapters. */
  adapters: AdapterPorts | null
}

/** What a block is given: the residual stream, and the stream after the block's first norm. */
export type Stream = { residual: Value; normed: Value }

/** The canonical name of a layer's weight, without its kind. */
export const layerWeight = (layer: number, role: string) => `blk.${layer}.${role}`

/** Root-mean-square norm of the last axis by a layer's weight. It is computed in float32 whatever the type. */
export function norm({ g, config, weights, type }: Blocks, x: Value, layer: number, role: string): Value {
  const scale = weights.vector(`${layerWeight(layer, role)}.weight`, [Number(x.shape.at(-1))], 'float32')
  return ops.cast(g, fused.rmsNorm(g, ops.cast(g, x, 'float32'), scale, config.normEpsilon), type)
}

/** The residual stream with a block's result added, and its norm. The stream stays float32 whatever the type. */
export function addNorm(blocks: Blocks, residual: Value, result: Value, layer: number, role: string): Stream {
  const { g, config, weights, type } = blocks
  const scale = weights.vector(`${layerWeight(layer, role)}.weight`, [config.hidden], 'float32')
  const wide = ops.cast(g, result, 'float32')
  const { sum, normed } = fused.addNorm(g, residual, wide, scale, config.normEpsilon)
  return { residual: sum, normed: ops.cast(g, normed, type) }
}

/** A layer's linear map of x, as the model has it. */
export function baseLinear({ config, weights }: Blocks, x: Value, layer: number, role: LinearRole): Value {
  return weights.linear(x, `${layerWeight(layer, role)}.weight`, linearShape(config, role))
}

/** What a linear map made of x, with what adapters add to it. */
export function adapted(
  { g, adapters }: Blocks,
  x: Value,
  y: Value,
  layer: number,
  role: AdapterRole,
): Value {
  return adapters ? withAdapters(g, adapters, x, y, layer, role) : y
}

/** Both. */
export function linear(blocks: Blocks, x: Value, layer: number, role: LinearRole & AdapterRole): Value {
  return adapted(blocks, x, baseLinear(blocks, x, layer, role), layer, role)
}
