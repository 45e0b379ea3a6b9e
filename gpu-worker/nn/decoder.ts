import { PlumblineError } from '../../shared/protocol/error.ts'
import * as fused from '../onnx/fused.ts'
import { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { Value } from '../onnx/types.ts'
import type { WeightStore } from '../weights/store.ts'
import type { DecoderConfig } from './config.ts'
import { attentionBlock, feedForwardBlock, type KeyValue, rotaryTables } from './layers.ts'

/** Names of the decoder's inputs and outputs. */
export const PORTS = {
  /** int64 [1, S]: the tokens to run. */
  tokens: 'tokens',
  /** int32 [1]: positions in all, past and new, less one. */
  lastPosition: 'last_position',
  /** int32 scalar: positions in all. */
  total: 'total',
  /** int64 [R]: which of the S new positions get logits. */
  rows: 'rows',
  /** float32 [1, kvHeads, capacity, headSize] for each layer; the first `total - S` positions are read. */
  pastKey: (layer: number) => `past_key_${layer}`,
  pastValue: (layer: number) => `past_value_${layer}`,
  /** float32 [R, vocabulary]. */
  logits: 'logits',
  /** float32 [2 * layers, kvHeads, S, headSize]: keys and values of the new positions, layer by layer. */
  keyValues: 'key_values',
} as const

/**
 * The inference graph of a decoder, as an ONNX model whose weights lie in the store's data file.
 * Only the new positions' keys and values leave the graph: the caller keeps the past and appends to it.
 * Throws `not_configured` when a tensor is missing or has another shape than the sizes say.
 */
export function decoderModel(config: DecoderConfig, store: WeightStore): Uint8Array {
  const g = new Graph()
  const weight = (name: string, shape: readonly number[]) => storedWeight(g, store, name, shape)

  const tokens = g.input(PORTS.tokens, 'int64', [1, 'new'])
  const lastPosition = g.input(PORTS.lastPosition, 'int32', [1])
  const total = g.input(PORTS.total, 'int32', [])
  const rows = g.input(PORTS.rows, 'int64', ['rows'])
  const half = [config.context, config.headSize / 2]
  const tables = rotaryTables(config)
  const cos = g.floats('rotary_cos', tables.cos, half)
  const sin = g.floats('rotary_sin', tables.sin, half)

  const end = ops.reshape(g, ops.cast(g, total, 'int64'), [1])
  const start = ops.sub(g, end, ops.sizeOf(g, tokens, 1))
  const fresh = (present: Value) => ops.slice(g, present, 2, start, end, 'new')

  const embedding = weight('token_embd.weight', [config.vocabulary, config.hidden])
  let x = ops.gather(g, embedding, tokens, 0)
  const keyValues: Value[] = []
  for (let layer = 0; layer < config.layers; layer++) {
    const ofLayer = (role: string, shape: readonly number[]) => weight(`blk.${layer}.${role}.weight`, shape)
    const past = pastInputs(g, config, layer)
    const attended = attentionBlock(g, x, past, { lastPosition, total, cos, sin }, ofLayer, config)
    keyValues.push(fresh(attended.present.key), fresh(attended.present.value))
    x = feedForwardBlock(g, attended.x, ofLayer, config)
  }

  const last = fused.rmsNorm(
    g,
    ops.gather(g, ops.reshape(g, x, ['tokens', config.hidden]), rows, 0),
    weight('output_norm.weight', [config.hidden]),
    config.normEpsilon,
  )
  const head = store.tensors.has('output.weight')
    ? weight('output.weight', [config.vocabulary, config.hidden])
    : embedding
  g.output(PORTS.logits, fused.matmulTransposed(g, last, head))
  g.output(PORTS.keyValues, ops.concat(g, keyValues, 0, keyValues.length))
  return g.encode()
}

function pastInputs(g: Graph, config: DecoderConfig, layer: number): KeyValue {
  const shape = [1, config.kvHeads, 'capacity', config.headSize]
  return {
    key: g.input(PORTS.pastKey(layer), 'float32', shape),
    value: g.input(PORTS.pastValue(layer), 'float32', shape),
  }
}

function storedWeight(g: Graph, store: WeightStore, name: string, shape: readonly number[]): Value {
  const tensor = store.tensors.get(name)
  if (tensor?.shape.join() !== shape.join()) {
    throw new PlumblineError(
      'not_configured',
      `The weights have ${tensor ? `${name} of shape [${tensor.shape}]` : `no ${name}`} where the model's ` +
        `sizes want [${shape}]; fetch the file again.`,
    )
  }
  return g.weight(name, 'float32', shape, {
    location: store.data,
    offset: tensor.offset,
    length: tensor.length,
  })
}
