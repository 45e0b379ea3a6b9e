import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { Value } from '../onnx/types.ts'
import { type Blocks, norm } from './block.ts'
import { PORTS } from './ports.ts'

/** Queries, keys and values of the new tokens before they turn, with the buffers of what came before. */
export type AttentionInputs = {
  /** [B, S, (heads + 2 kvHeads) * headSize]: queries, keys and values side by side; or the three of them. */
  qkv: readonly [Value] | readonly [query: Value, key: Value, value: Value]
  pastKey: Value
  pastValue: Value
  /** Whether the layer looks back a window alone. */
  local: boolean
}

/** The output [B, S, heads * headSize], and the buffers with the new tokens' places written. */
export type Attended = { output: Value; key: Value; value: Value }
export type Attention = (inputs: AttentionInputs) => Attended

/** Attention of the normed stream. The layer's keys and values become outputs of the graph. */
export function attentionBlock(blocks: Blocks, attend: Attention, normed: Value, layer: number): Value {
  const { g, config, type } = blocks
  const past = ['batch', config.kvHeads, 'capacity', config.headSize]
  const { output, key, value } = attend({
    qkv: queryKeyValue(blocks, normed, layer),
    pastKey: g.input(PORTS.pastKey(layer), type, past),
    pastValue: g.input(PORTS.pastValue(layer), type, past),
    local: config.local?.layers.includes(layer) ?? false,
  })
  g.output(PORTS.presentKey(layer), key)
  g.output(PORTS.presentValue(layer), value)
  return projected(blocks, ops.reshape(g, output, ['tokens', output.shape.at(-1) ?? 1]), layer)
}

/** What attention mixed, [B * S, heads * headSize], as the residual stream is given it. */
export function projected(blocks: Blocks, mixed: Value, layer: number): Value {
  const output = blocks.linears.output(mixed, layer)
  return blocks.config.postNorms ? norm(blocks, output, layer, 'post_attention_norm') : output
}

/** Of the normed stream; apart where the layer's maps are, or where heads are normalised. */
export function queryKeyValue(blocks: Blocks, normed: Value, layer: number): AttentionInputs['qkv'] {
  const { g, config, linears, byRow } = blocks
  const maps = linears.queryKeyValue(normed, layer)
  if (!config.queryKeyNorm) {
    return maps.length === 1 ? [byRow(maps[0])] : [byRow(maps[0]), byRow(maps[1]), byRow(maps[2])]
  }
  const [query, key, value] = maps.length === 1 ? splitHeads(g, maps[0], config) : maps
  const normedHeads = (x: Value, role: string) =>
    mergeHeads(g, norm(blocks, heads(g, byRow(x), config.headSize), layer, role))
  return [normedHeads(query, 'attn_q_norm'), normedHeads(key, 'attn_k_norm'), byRow(value)]
}

type HeadSizes = { heads: number; kvHeads: number; headSize: number }

/** Side by side into queries, keys and values. */
export function splitHeads(
  g: Graph,
  qkv: Value,
  { heads, kvHeads, headSize }: HeadSizes,
): [Value, Value, Value] {
  const [query, key, value] = ops.split(
    g,
    qkv,
    [heads, kvHeads, kvHeads].map((count) => count * headSize),
  )
  if (!query || !key || !value) throw new TypeError('a split in three has three parts')
  return [query, key, value]
}

/** [B, S, heads * headSize] as [B, S, heads, headSize]. */
export function heads(g: Graph, x: Value, headSize: number): Value {
  const [batch = 1, tokens = 1, width] = x.shape
  return ops.reshape(g, x, [batch, tokens, Number(width) / headSize, headSize])
}

/** The reverse. */
function mergeHeads(g: Graph, x: Value): Value {
  const [batch = 1, tokens = 1, count, headSize] = x.shape
  return ops.reshape(g, x, [batch, tokens, Number(count) * Number(headSize)])
}
