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
import { addNorm, type Blocks, norm } from './block.ts'
import type { DecoderConfig } from './decoder-config.ts'
import { feedForwardBlock } from './feed-forward.ts'
import { GraphWeights } from './graph-weights.ts'
import { PORTS } from './ports.ts'
import { runInputs } from './run-inputs.ts'

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
  const blocks: Blocks = { g, config, weights, type, sizes: ops.shapeOf(g, run.tokens), adapters }
  const attend =
    options.attention === 'primitive'
      ? primitiveAttention(g, config, run)
      : fusedAttention(g, config, run, type)

  let residual = embed(blocks, run.tokens)
  let normed = norm(blocks, residual, 0, 'attn_norm')
  for (let layer = 0; layer < config.layers; layer++) {
    const attended = attentionBlock(blocks, attend, normed, layer)
    ;({ residual, normed } = addNorm(blocks, residual, attended, layer, 'ffn_norm'))
    const fed = feedForwardBlock(blocks, normed, layer)
    if (layer + 1 < config.layers) {
      ;({ residual, normed } = addNorm(blocks, residual, fed, layer + 1, 'attn_norm'))
    } else {
      residual = ops.add(g, residual, ops.cast(g, fed, 'float32'))
    }
  }
  g.output(PORTS.logits, logits(blocks, residual, run.rows))
  return { model: g.encode(), initializers: weights.initializers, type }
}

/** The tokens' embeddings: float32 [B * S, hidden]. */
function embed({ g, config, weights, type }: Blocks, tokens: Value): Value {
  const table = weights.table('token_embd.weight', [config.vocabulary, config.hidden])
  const x = ops.cast(g, ops.gather(g, table, ops.reshape(g, tokens, ['tokens']), 0), 'float32')
  // The scale is rounded as the weights are, as models are trained with it.
  const scale = ops.cast(g, ops.scalar(g, config.embeddingScale, type), 'float32')
  return config.embeddingScale === 1 ? x : ops.mul(g, x, scale)
}

/** float32 [R, vocabulary]: the wanted rows alone pass the last norm and the head. */
function logits({ g, config, weights, type }: Blocks, residual: Value, rows: Value): Value {
  const { vocabulary, hidden, normEpsilon } = config
  const scale = weights.vector('output_norm.weight', [hidden], 'float32')
  const last = fused.rmsNorm(g, ops.gather(g, residual, rows, 0), scale, normEpsilon)
  const logits = weights.linear(ops.cast(g, last, type), 'output.weight', [vocabulary, hidden])
  return ops.cast(g, logits, 'float32')
}
