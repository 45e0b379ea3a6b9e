import * as fused from '../onnx/fused.ts'
import { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { DType, Value } from '../onnx/types.ts'
import type { ExternalInitializer } from '../runtime/device.ts'
import type { Precision } from '../weights/plan.ts'
import type { WeightStore } from '../weights/weight-store.ts'
import { attentionBlock, type Run } from './attention.ts'
import type { DecoderConfig } from './decoder-config.ts'
import { feedForwardBlock } from './feed-forward.ts'
import { PORTS } from './ports.ts'
import { rotaryTables } from './rotary.ts'
import { GraphWeights } from './weights.ts'

export type DecoderOptions = {
  /** Whether adapters may change the linear layers. */
  lora: boolean
  /** Whether the caller says which places each token sees. */
  tree: boolean
  /** Positions there may be; the model's context by default. */
  positions?: number
}

export type DecoderModel = {
  model: Uint8Array
  initializers: ExternalInitializer[]
  /** Of the keys and values, the bias and what adapters bring. */
  type: DType
}

/** The type that a graph computes in over weights of a precision. */
const TYPES: Record<Precision, DType> = {
  float32: 'float32',
  float16: 'float16',
  bfloat16: 'bfloat16',
  int8: 'float32',
  int4: 'float32',
}

/**
 * The graph of a decoder as an ONNX model; `PORTS` says what goes in and out. Its weights lie in the store's data file.
 * Throws `not_configured` where one is missing or has another shape than the sizes say.
 */
export function decoderModel(
  config: DecoderConfig,
  store: WeightStore,
  options: DecoderOptions,
): DecoderModel {
  const g = new Graph()
  const type = TYPES[store.precision]
  const weights = new GraphWeights(g, store, type)
  const run = inputs(g, config, options, type)

  const embedding = weights.plain('token_embd.weight', [config.vocabulary, config.hidden])
  let x = ops.cast(g, ops.gather(g, embedding, run.tokens, 0), type)
  if (config.embeddingScale !== 1) x = ops.mul(g, x, ops.scalar(g, config.embeddingScale, type))
  for (let layer = 0; layer < config.layers; layer++) {
    x = attentionBlock(g, x, run, weights, config, layer)
    x = feedForwardBlock(g, x, run, weights, config, layer)
  }

  const wanted = ops.gather(g, ops.reshape(g, x, [-1, config.hidden]), run.rows, 0)
  const last = fused.rmsNorm(
    g,
    wanted,
    weights.plain('output_norm.weight', [config.hidden]),
    config.normEpsilon,
  )
  const logits = weights.linear(last, 'output.weight', [config.vocabulary, config.hidden])
  g.output(PORTS.logits, ops.cast(g, logits, 'float32'))
  return { model: g.encode(), initializers: weights.initializers, type }
}

function inputs(
  g: Graph,
  config: DecoderConfig,
  options: DecoderOptions,
  type: DType,
): Run & { tokens: Value; rows: Value } {
  const positions = options.positions ?? config.context
  const half = [positions, config.headSize / 2]
  const tables = (name: string, frequencies: readonly number[]) => {
    const { cos, sin } = rotaryTables(frequencies, positions)
    return {
      cos: ops.cast(g, g.floats(`${name}_cos`, cos, half), type),
      sin: ops.cast(g, g.floats(`${name}_sin`, sin, half), type),
    }
  }
  return {
    tokens: g.input(PORTS.tokens, 'int64', ['batch', 'new']),
    positions: g.input(PORTS.positions, 'int64', ['batch', 'new']),
    last: g.input(PORTS.last, 'int32', ['batch']),
    total: g.input(PORTS.total, 'int32', []),
    bias: options.tree ? g.input(PORTS.bias, type, [1, 1, 'new', 'total']) : null,
    rows: g.input(PORTS.rows, 'int64', ['rows']),
    rotary: tables('rotary', config.frequencies),
  }
}
