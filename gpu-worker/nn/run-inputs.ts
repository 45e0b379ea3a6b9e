import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { DType, Value } from '../onnx/types.ts'
import type { DecoderConfig } from './decoder-config.ts'
import { PORTS } from './ports.ts'
import { rotaryTables, type Tables } from './rotary-tables.ts'

/** What a run says of its tokens, and what all layers derive from it. */
export type RunInputs = {
  tokens: Value
  positions: Value
  last: Value
  total: Value
  rows: Value
  /** float32 [1, 1, S, T], where the graph takes one. */
  bias: Value | null
  /** The bias of layers that look back a window: float32 [B, 1, S, T]. */
  localBias: Value | null
  rotary: Tables
  localRotary: Tables | null
}

/** Declares the inputs of a run. `positions` is how many there may be. */
export function runInputs(
  g: Graph,
  config: DecoderConfig,
  type: DType,
  { tree, positions }: { tree: boolean; positions: number },
): RunInputs {
  const run = {
    tokens: g.input(PORTS.tokens, 'int64', ['batch', 'new']),
    positions: g.input(PORTS.positions, 'int64', ['batch', 'new']),
    last: g.input(PORTS.last, 'int32', ['batch']),
    total: g.input(PORTS.total, 'int32', []),
    rows: g.input(PORTS.rows, 'int64', ['rows']),
    bias: tree ? g.input(PORTS.bias, 'float32', [1, 1, 'new', 'total']) : null,
  }
  const { bias, positions: queries } = run
  const local = config.local
  return {
    ...run,
    localBias: bias && local && windowBias(g, bias, queries, local.window),
    rotary: rotaryTables(g, 'rotary', config.frequencies, positions, type),
    localRotary: local && rotaryTables(g, 'local_rotary', local.frequencies, positions, type),
  }
}

/** Hides, beside what the bias hides, keys whose position is `window` or more before the query's. */
function windowBias(g: Graph, bias: Value, queries: Value, window: number): Value {
  const keys = ops.reshape(g, g.input(PORTS.keyPositions, 'int64', ['total']), [1, 1, 1, 'total'])
  const distance = ops.sub(g, ops.reshape(g, queries, ['batch', 1, 'new', 1]), keys)
  const far = ops.atLeast(g, distance, g.ints([window], []))
  return ops.where(g, far, ops.scalar(g, Number.NEGATIVE_INFINITY, 'float32'), bias)
}
