import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Checkpoint } from '../weights/checkpoint.ts'
import { FAMILIES } from './families/families.ts'
import { type Family, type FamilyTraits, settingKey } from './families/family.ts'
import { readRotary } from './rotary.ts'

/** A decoder: its sizes, and what its family does in its own way. */
export type DecoderConfig = FamilyTraits & {
  /** The family's name. */
  family: string
  layers: number
  hidden: number
  feedForward: number
  heads: number
  kvHeads: number
  headSize: number
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

/** What each format calls a size. GGUF's keys begin with the architecture. */
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
 * Reads a decoder's sizes. Throws `not_configured` for a family that we don't know, for what of a family we can't
 * run, and for sizes that make no decoder. `factors` are the values of the tensor `rope_freqs.weight`, where it has one.
 */
export function decoderConfig(checkpoint: Checkpoint, factors: Float32Array | null = null): DecoderConfig {
  const family = familyOf(checkpoint)
  const { settings, format, path } = checkpoint
  const number = (size: keyof typeof KEYS.gguf, fallback?: number) =>
    settings.number(settingKey(checkpoint, KEYS[format][size]), fallback)
  const heads = number('heads')
  const hidden = number('hidden')
  const sizes = {
    layers: number('layers'),
    hidden,
    feedForward: number('feedForward'),
    heads,
    kvHeads: number('kvHeads', heads),
    headSize: number('headSize', hidden / heads),
    context: number('context'),
    vocabulary:
      format === 'gguf' ? settings.strings('tokenizer.ggml.tokens').length : settings.number('vocab_size'),
  }
  for (const [name, size] of Object.entries(sizes)) {
    if (Number.isSafeInteger(size) && size > 0) continue
    throw new PlumblineError(
      'not_configured',
      `${path} gives ${size} as its ${name}, which makes no model; fetch it again.`,
    )
  }
  const { traits } = family
  return {
    ...traits,
    ...sizes,
    family: family.name,
    normEpsilon: number('normEpsilon'),
    scoreScale: family.scoreScale?.(checkpoint, sizes) ?? 1 / Math.sqrt(sizes.headSize),
    embeddingScale: family.embeddingScale?.(sizes) ?? 1,
    tiedHead: tiedHead(checkpoint),
    ...readRotary(checkpoint, family, sizes, factors),
  }
}

/** The family that a checkpoint's architecture names. */
export function familyOf({ path, format, architecture }: Checkpoint): Family {
  const family = FAMILIES.find((known) => known.architectures[format].includes(architecture))
  if (family) return family
  const known = FAMILIES.flatMap((entry) => entry.architectures[format]).join(', ')
  throw new PlumblineError(
    'not_configured',
    `${path} is a model of the family ${architecture}; use one of ${known}.`,
  )
}

/** Whether the head has no weights of its own. Safetensors files may keep a copy of the embedding as the head's. */
function tiedHead({ format, settings, tensors }: Checkpoint): boolean {
  if (format === 'gguf') return !tensors.has('output.weight')
  return settings.boolean('tie_word_embeddings', !tensors.has('lm_head.weight'))
}
