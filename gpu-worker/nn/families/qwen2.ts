import type { Family } from './family.ts'

/** Qwen2 and Qwen2.5: llama's form with biases on queries, keys and values. */
export const qwen2: Family = {
  name: 'qwen2',
  architectures: { gguf: ['qwen2'], safetensors: ['qwen2'] },
  traits: { activation: 'silu', qkvBias: true, queryKeyNorm: false, postNorms: false },
  neighboursInGguf: false,
  normsPlusOne: false,
  theta: 10_000,
}
