import { PlumblineError } from '../../shared/protocol/error.ts'
import type { GgufFile } from '../weights/gguf.ts'

type Family = {
  architecture: string
  rotary: 'neighbours' | 'halves'
  refuses(file: GgufFile): string | null
}

export const llama: Family = {
  architecture: 'llama',
  rotary: 'neighbours',
  refuses({ metadata, tensors }) {
    const scaling = metadata.string('llama.rope.scaling.type', 'none')
    if (scaling !== 'none' || tensors.some((tensor) => tensor.name === 'rope_freqs.weight')) {
      return 'scales its rotary frequencies; use a llama model without rope scaling'
    }
    return metadata.number('llama.expert_count', 0) > 0
      ? 'is a mixture of experts; use a dense llama model'
      : null
  },
}

const FAMILIES: readonly Family[] = [llama]

/** The sizes of a decoder. */
export type DecoderConfig = {
  family: Family
  layers: number
  hidden: number
  feedForward: number
  heads: number
  kvHeads: number
  headSize: number
  ropeTheta: number
  normEpsilon: number
  context: number
  vocabulary: number
}

/** Reads a decoder's sizes from GGUF metadata. Throws `not_configured` for a family that we don't know and for sizes that make no decoder. */
export function decoderConfig({ metadata, tensors, path }: GgufFile): DecoderConfig {
  const architecture = metadata.string('general.architecture')
  const family = FAMILIES.find((known) => known.architecture === architecture)
  if (!family) {
    const known = FAMILIES.map((entry) => entry.architecture).join(', ')
    throw new PlumblineError(
      'not_configured',
      `${path} is a model of the family ${architecture}; use one of ${known}.`,
    )
  }
  const refusal = family.refuses({ metadata, tensors, path })
  if (refusal !== null) throw new PlumblineError('not_configured', `${path} ${refusal}.`)

  const hidden = metadata.number(`${architecture}.embedding_length`)
  const heads = metadata.number(`${architecture}.attention.head_count`)
  const sizes = {
    layers: metadata.number(`${architecture}.block_count`),
    hidden,
    feedForward: metadata.number(`${architecture}.feed_forward_length`),
    heads,
    kvHeads: metadata.number(`${architecture}.attention.head_count_kv`, heads),
    headSize: metadata.number(`${architecture}.attention.key_length`, hidden / heads),
    context: metadata.number(`${architecture}.context_length`),
    vocabulary: metadata.strings('tokenizer.ggml.tokens').length,
  }
  for (const [name, size] of Object.entries(sizes)) {
    if (Number.isSafeInteger(size) && size > 0) continue
    throw new PlumblineError(
      'not_configured',
      `${path} gives ${size} as its ${name}, which makes no model; fetch it again.`,
    )
  }
  return {
    ...sizes,
    family,
    ropeTheta: metadata.number(`${architecture}.rope.freq_base`, 10000),
    normEpsilon: metadata.number(`${architecture}.attention.layer_norm_rms_epsilon`),
  }
}
