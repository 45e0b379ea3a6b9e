import * as ops from '../onnx/ops.ts'
import type { Value } from '../onnx/types.ts'
import { addNorm, type Blocks, norm, type Stream, wideType } from './block.ts'
import { feedForwardBlock } from './feed-forward.ts'

/** The embeddings of tokens [N]: [N, hidden], no narrower than float32. */
export function embed({ g, config, weights, type }: Blocks, tokens: Value): Value {
  const wide = wideType(type)
  const table = weights.table('token_embd.weight', [config.vocabulary, config.hidden])
  const x = ops.cast(g, ops.gather(g, table, tokens, 0), wide)
  // The scale is rounded as the weights are, as models are trained with it.
  const scale = ops.cast(g, ops.scalar(g, config.embeddingScale, type), wide)
  return config.embeddingScale === 1 ? x : ops.mul(g, x, scale)
}

/** The residual stream behind all layers, and where among the graph's nodes each layer begins. */
export function decoderLayers(
  blocks: Blocks,
  embedded: Value,
  attention: (normed: Value, layer: number) => Value,
): { residual: Value; starts: number[] } {
  const { g, config, type } = blocks
  const starts: number[] = []
  let stream: Stream = { residual: embedded, normed: norm(blocks, embedded, 0, 'attn_norm') }
  for (let layer = 0; layer < config.layers; layer++) {
    starts.push(g.nodes.length)
    const attended = attention(stream.normed, layer)
    const { residual, normed } = addNorm(blocks, stream.residual, attended, layer, 'ffn_norm')
    const fed = feedForwardBlock(blocks, normed, layer)
    if (layer + 1 === config.layers) {
      return { residual: ops.add(g, residual, ops.cast(g, fed, wideType(type))), starts }
    }
    stream = addNorm(blocks, residual, fed, layer + 1, 'attn_norm')
  }
  return { residual: stream.residual, starts }
}
