import * as fused from '../onnx/fused.ts'
import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { DType, Value } from '../onnx/types.ts'
import type { DecoderConfig } from './decoder-config.ts'

/** Consecutive rows of a matrix, or elements of a vector. */
export type Rows = { from: number; count: number }

/** Where a graph's weights come from, by their canonical names. Each throws `not_configured` for one that is missing or of another shape. */
export interface Weights {
  /** `x · wᵀ`, or with some of w's rows alone. */
  linear(x: Value, name: string, shape: readonly [number, number], rows?: Rows): Value
  /** A norm's scale or a layer's bias, or some of its elements, in the graph's type unless another is asked for. */
  vector(name: string, shape: readonly number[], type?: DType, rows?: Rows): Value
  /** As it is stored. */
  table(name: string, shape: readonly number[]): Value
}

/** The linear maps of a layer, with their biases and what adapters add. */
export interface Linears {
  /** Side by side, or the three of them. */
  queryKeyValue(x: Value, layer: number): readonly [Value] | readonly [query: Value, key: Value, value: Value]
  output(x: Value, layer: number): Value
  gateAndUp(x: Value, layer: number): readonly [gate: Value, up: Value]
  down(x: Value, layer: number): Value
}

/** What all blocks of a decoder share. */
export type Blocks = {
  g: Graph
  config: DecoderConfig
  weights: Weights
  linears: Linears
  /** That they compute in. */
  type: DType
  /** A stream [B * S, width] as [B, S, width]. */
  byRow: (x: Value) => Value
}

/** What a block is given: the residual stream, and the stream after the block's first norm. */
export type Stream = { residual: Value; normed: Value }

/** The canonical name of a layer's weight, without its kind. */
export const layerWeight = (layer: number, role: string) => `blk.${layer}.${role}`

/** What norms, the residual stream and sums over a vocabulary are computed in. */
export const wideType = (type: DType): DType => (type === 'float64' ? type : 'float32')

/** Root-mean-square norm of the last axis by a layer's weight. It is computed in float32 where the type is narrower. */
export function norm({ g, config, weights, type }: Blocks, x: Value, layer: number, role: string): Value {
  const wide = wideType(type)
  const scale = weights.vector(`${layerWeight(layer, role)}.weight`, [Number(x.shape.at(-1))], wide)
  return ops.cast(g, fused.rmsNorm(g, ops.cast(g, x, wide), scale, config.normEpsilon), type)
}

/** The residual stream with a block's result added, and its norm. The stream is no narrower than float32. */
export function addNorm(blocks: Blocks, residual: Value, result: Value, layer: number, role: string): Stream {
  const { g, config, weights, type } = blocks
  const wide = wideType(type)
  const scale = weights.vector(`${layerWeight(layer, role)}.weight`, [config.hidden], wide)
  const { sum, normed } = fused.addNorm(g, residual, ops.cast(g, result, wide), scale, config.normEpsilon)
  return { residual: sum, normed: ops.cast(g, normed, type) }
}
