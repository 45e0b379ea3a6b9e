import type { Family } from './family.ts'

/** Qwen3: llama's form with norms on queries and keys. */
export const qwen3: Family = {
  name: 'qwen3',
  architectures: { gguf: ['qwen3'], safetensors: ['qwen3'] },
  traits: { activation: 'silu', qkvBias: false, queryKeyNorm: true, postNorms: false },
  neighboursInGguf: false,
  normsPlusOne: false,
  theta: 10_000,
}
