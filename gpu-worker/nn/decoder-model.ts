import * as fused from '../onnx/fused.ts'
import { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { DType, Value } from '../onnx/types.ts'
import type { ExternalInitializer } from '../runtime/device.ts'
import type { Precision } from '../weights/store/plan.ts'
import type { WeightStore } from '../weights/store/weight-store.ts'
import { adapterPorts } from './adapter-ports.ts'
import { attentionBlock } from './attention.ts'
import { fusedAttention } from './attention-fused.ts'
import { primitiveAttention } from './attention-primitive.ts'
import type { Blocks } from './block.ts'
import type { DecoderConfig } from './decoder-config.ts'
import { decoderLayers, embed } from './decoder-layers.ts'
import { GraphWeights } from './graph-weights.ts'
import { PORTS } from './ports.ts'
import { runInputs } from './run-inputs.ts'
import { stackedLinears } from './stacked-linears.ts'

export type DecoderOptions = {
  /** Whether adapters may change the linear layers. */
  lora: boolean
  /** Whether the caller says which places each token sees. */
  tree: boolean
  /** How many positions there may be; the model's context by default. */
  positions?: number
  /** What is computed in; by default what the weights are, where they are floats, and float32. CUDA's fused attention takes 16 bits alone. */
  type?: 'float32' | 'float16' | 'bfloat16'
  /** `primitive` spells attention out; by default the runtime's own operator computes it. */
  attention?: 'fused' | 'primitive'
}

export type DecoderModel = {
  model: Uint8Array
  initializers: ExternalInitializer[]
  /** That the graph computes in: of the keys and values, the bias and what adapters bring. */
  type: DType
}

const TYPES: Record<Precision, DType> = {
  float32: 'float32',
  float16: 'float16',
  bfloat16: 'bfloat16',
  int8: 'float32',
  int4: 'float32',
}

/** What a decoder over weights of a precision computes in, and keeps keys and values in, unless told otherwise. */
export function decoderType(precision: Precision): DType {
  return TYPES[precision]
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
  const type = options.type ?? TYPES[store.precision]
  const weights = new GraphWeights(g, store, type)
  const { tree, positions = config.context } = options
  const run = runInputs(g, config, type, { tree, positions })
  const adapters = options.lora ? adapterPorts(g, run.tokens, type) : null
  const linears = stackedLinears(g, config, weights, adapters)
  const blocks: Blocks = { g, config, weights, linears, type, byRow: byRow(g, run.tokens) }
  const attend =
    options.attention === 'primitive'
      ? primitiveAttention(g, config, run)
      : fusedAttention(g, config, run, type)
  const embedded = embed(blocks, ops.reshape(g, run.tokens, ['tokens']))
  const { residual } = decoderLayers(blocks, embedded, (normed, layer) =>
    attentionBlock(blocks, attend, normed, layer),
  )
  g.output(PORTS.logits, logits(blocks, residual, run.rows))
  return { model: g.encode(), initializers: weights.initializers, type }
}

/** A stream [B * S, width] as [B, S, width], by the sizes of the tokens at run time. */
function byRow(g: Graph, tokens: Value): Blocks['byRow'] {
  const sizes = ops.shapeOf(g, tokens)
  return (x) => {
    const width = Number(x.shape.at(-1))
    return ops.reshapeTo(g, x, ops.concat(g, [sizes, g.ints([width])], 0, 3), ['batch', 'new', width])
  }
}

/** float32 [R, vocabulary]: the wanted rows alone pass the last norm and the head. */
function logits({ g, config, weights, type }: Blocks, residual: Value, rows: Value): Value {
  const { vocabulary, hidden, normEpsilon } = config
  const scale = weights.vector('output_norm.weight', [hidden], 'float32')
  const last = fused.rmsNorm(g, ops.gather(g, residual, rows, 0), scale, normEpsilon)
  const logits = weights.linear(ops.cast(g, last, type), 'output.weight', [vocabulary, hidden])
  return ops.cast(g, logits, 'float32')
}
