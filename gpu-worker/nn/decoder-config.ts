import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Checkpoint } from '../weights/checkpoint.ts'
import { familyOf } from './families/families.ts'
import { type FamilyTraits, type Sizes, settingKey } from './families/family.ts'
import { refuseOtherForms } from './refusals.ts'
import { readRotary } from './rotary.ts'
import { checkpointNames } from './tensor-names.ts'

/** A decoder: its sizes, and what its family does in its own way. */
export type DecoderConfig = FamilyTraits &
  Sizes & {
    /** The family's name. */
    family: string
    vocabulary: number
    /** The longest text it was made for, in tokens. */
    context: number
    normEpsilon: number
    /** Of attention's scores. */
    scoreScale: number
    /** Of the tokens' embeddings. */
    embeddingScale: number
    /** The head's weights are the embedding's. */
    tiedHead: boolean
    /** Channel i of a head's half turns by p * frequencies[i] at position p. */
    frequencies: readonly number[]
    /** Layers that look back `window` tokens alone, themselves among them, and turn by frequencies of their own. */
    local: { layers: readonly number[]; window: number; frequencies: readonly number[] } | null
  }

/** What each format calls a value. */
const KEYS = {
  gguf: {
    layers: 'block_count',
    hidden: 'embedding_length',
    feedForward: 'feed_forward_length',
    heads: 'attention.head_count',
    kvHeads: 'attention.head_count_kv',
    headSize: 'attention.key_length',
    context: 'context_length',
    normEpsilon: 'attention.layer_norm_rms_epsilon',
  },
  safetensors: {
    layers: 'num_hidden_layers',
    hidden: 'hidden_size',
    feedForward: 'intermediate_size',
    heads: 'num_attention_heads',
    kvHeads: 'num_key_value_heads',
    headSize: 'head_dim',
    context: 'max_position_embeddings',
    normEpsilon: 'rms_norm_eps',
  },
} as const

/**
 * Reads what a checkpoint says of its decoder. `factors` are the values of its tensor `rope_freqs.weight`, where it has
 * one. Throws `not_configured` for a family that we don't know, for what of a family can't be run, and for sizes that
 * make no decoder.
 */
export function decoderConfig(checkpoint: Checkpoint, factors: Float32Array | null = null): DecoderConfig {
  const family = familyOf(checkpoint)
  refuseOtherForms(checkpoint, family)
  const { settings, format, tensors } = checkpoint
  const value = (name: keyof typeof KEYS.gguf, fallback?: number) =>
    settings.number(settingKey(checkpoint, KEYS[format][name]), family.defaults?.[name] ?? fallback)
  const heads = value('heads')
  const hidden = value('hidden')
  const sizes = {
    layers: value('layers'),
    hidden,
    feedForward: value('feedForward'),
    heads,
    kvHeads: value('kvHeads', heads),
    headSize: value('headSize', hidden / heads),
  }
  // GGUF files list their tokens, config.json counts them: the embedding has a row for each in both.
  const vocabulary = tensors.get(checkpointNames(checkpoint, family.traits).embedding)?.shape[0] ?? 0
  const context = value('context')
  checkSizes(checkpoint, { ...sizes, vocabulary, context })
  return {
    ...family.traits,
    ...sizes,
    ...{ family: family.name, vocabulary, context },
    normEpsilon: value('normEpsilon'),
    scoreScale: family.scoreScale?.(checkpoint, sizes) ?? 1 / Math.sqrt(sizes.headSize),
    embeddingScale: family.embeddingScale?.(sizes) ?? 1,
    tiedHead: tiedHead(checkpoint),
    ...readRotary(checkpoint, family, sizes, factors),
  }
}

function checkSizes({ path }: Checkpoint, sizes: Sizes & { vocabulary: number; context: number }): void {
  const refuse = (what: string): never => {
    throw new PlumblineError('not_configured', `${path} gives ${what}, which makes no model; fetch it again.`)
  }
  for (const [name, size] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(size) || size <= 0) refuse(`${size} as its ${name}`)
  }
  const { heads, kvHeads, headSize } = sizes
  if (heads % kvHeads !== 0) refuse(`${heads} heads over ${kvHeads} of keys and values`)
  // The runtime's attention turns channels in vectors of eight to a half.
  if (headSize % 16 !== 0) refuse(`${headSize} channels a head, where multiples of 16 can be run`)
}

/** Whether the head has no weights of its own. Safetensors files may keep a copy of the embedding as the head's. */
function tiedHead({ format, settings, tensors }: Checkpoint): boolean {
  if (format === 'gguf') return !tensors.has('output.weight')
  return settings.boolean('tie_word_embeddings', !tensors.has('lm_head.weight'))
}
