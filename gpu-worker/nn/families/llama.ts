import type { Family } from './family.ts'

/** Llama and what shares its form (SmolLM2). */
export const llama: Family = {
  name: 'llama',
  architectures: { gguf: ['llama'], safetensors: ['llama'] },
  traits: { activation: 'silu', qkvBias: false, queryKeyNorm: false, postNorms: false },
  neighboursInGguf: true,
  normsPlusOne: false,
  theta: 10_000,
}
