import type { Family } from './family.ts'

/**
 * Llama and what shares its form (SmolLM2): no biases, no norm on queries and keys. GGUF stores the rows of its
 * queries and keys so that neighbouring channels rotate together.
 */
export const llama: Family = {
  architecture: 'llama',
  rotary: 'neighbours',
  refuses({ metadata, tensors }) {
    const scaling = metadata.string('llama.rope.scaling.type', 'none')
    if (scaling !== 'none' || tensors.some((tensor) => tensor.name === 'rope_freqs.weight')) {
      return 'scales its rotary frequencies; use a llama model without rope scaling'
    }
    if (metadata.number('llama.expert_count', 0) > 0) {
      return 'is a mixture of experts; use a dense llama model'
    }
    return null
  },
}
