import type { Checkpoint } from '../../weights/checkpoint.ts'
import type { Family, Sizes } from './family.ts'

/** Of so many layers one sees the whole text, where the files don't say it. */
const PATTERN = 6
/** The one size whose scores are scaled by the width of all heads, not of one: GGUF doesn't say it. */
const LAYERS_OF_27B = 62

/** The text part of Gemma 3 (arXiv 2503.19786): five layers of six look back a window alone. */
export const gemma3: Family = {
  name: 'gemma3',
  architectures: { gguf: ['gemma3'], safetensors: ['gemma3_text', 'gemma3'] },
  traits: { activation: 'gelu', qkvBias: false, queryKeyNorm: true, postNorms: true },
  neighboursInGguf: false,
  normsPlusOne: true,
  theta: 1_000_000,
  // The larger sizes' config.json says only what differs from these.
  defaults: { heads: 8, kvHeads: 4, headSize: 256, context: 131_072, normEpsilon: 1e-6 },
  embeddingScale: ({ hidden }) => Math.sqrt(hidden),
  scoreScale: (checkpoint, sizes) => 1 / Math.sqrt(scoreSize(checkpoint, sizes)),
  local: (checkpoint, { layers }) => {
    const { settings, format } = checkpoint
    const all = Array.from({ length: layers }, (_, layer) => layer)
    if (format === 'gguf') {
      return {
        layers: all.filter((layer) => (layer + 1) % PATTERN !== 0),
        window: settings.number('gemma3.attention.sliding_window'),
        theta: settings.number('gemma3.rope.freq_base_swa', 10_000),
      }
    }
    const types = settings.has('layer_types') ? settings.strings('layer_types') : null
    const pattern = settings.number('sliding_window_pattern', PATTERN)
    return {
      layers: all.filter((layer) =>
        types ? types[layer] === 'sliding_attention' : (layer + 1) % pattern !== 0,
      ),
      window: settings.number('sliding_window'),
      theta: settings.number(
        'rope_parameters.sliding_attention.rope_theta',
        settings.number('rope_local_base_freq', 10_000),
      ),
    }
  },
}

function scoreSize({ settings, format }: Checkpoint, { layers, hidden, heads, headSize }: Sizes): number {
  if (format === 'safetensors') return settings.number('query_pre_attn_scalar', headSize)
  return layers === LAYERS_OF_27B ? hidden / heads : headSize
}
