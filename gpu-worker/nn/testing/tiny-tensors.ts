import type { TinyModel } from './tiny-models.ts'

export type TinyTensor = { shape: number[]; values: Float32Array<ArrayBuffer> }

/** The tensors of a tiny model by the names of safetensors files: the same numbers on every machine. */
export function tinyTensors({ config }: TinyModel): Map<string, TinyTensor> {
  const { hidden_size: hidden, intermediate_size: inner, head_dim: headSize, vocab_size: vocabulary } = config
  const width = config.num_attention_heads * headSize
  const kvWidth = config.num_key_value_heads * headSize
  const gemma = config.model_type === 'gemma3_text'
  const tensors = new Map<string, TinyTensor>()
  const add = (name: string, shape: number[], spread: number, around = 0) => {
    tensors.set(name, { shape, values: noise(name, shape, spread, around) })
  }
  const linear = (name: string, out: number, of: number) =>
    add(`${name}.weight`, [out, of], 2.5 / Math.sqrt(of))
  // Gemma's norms scale by 1 + w.
  const norm = (name: string, size: number) => add(`${name}.weight`, [size], 0.4, gemma ? 0 : 1)

  add('model.embed_tokens.weight', [vocabulary, hidden], 0.2)
  norm('model.norm', hidden)
  if (!config.tie_word_embeddings) linear('lm_head', vocabulary, hidden)
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const at = `model.layers.${layer}`
    norm(`${at}.input_layernorm`, hidden)
    linear(`${at}.self_attn.q_proj`, width, hidden)
    linear(`${at}.self_attn.k_proj`, kvWidth, hidden)
    linear(`${at}.self_attn.v_proj`, kvWidth, hidden)
    linear(`${at}.self_attn.o_proj`, hidden, width)
    if (config.model_type === 'qwen2') {
      add(`${at}.self_attn.q_proj.bias`, [width], 1)
      add(`${at}.self_attn.k_proj.bias`, [kvWidth], 1)
      add(`${at}.self_attn.v_proj.bias`, [kvWidth], 1)
    }
    if (config.model_type === 'qwen3' || gemma) {
      norm(`${at}.self_attn.q_norm`, headSize)
      norm(`${at}.self_attn.k_norm`, headSize)
    }
    norm(`${at}.post_attention_layernorm`, hidden)
    if (gemma) {
      norm(`${at}.pre_feedforward_layernorm`, hidden)
      norm(`${at}.post_feedforward_layernorm`, hidden)
    }
    linear(`${at}.mlp.gate_proj`, inner, hidden)
    linear(`${at}.mlp.up_proj`, inner, hidden)
    linear(`${at}.mlp.down_proj`, hidden, inner)
  }
  return tensors
}

/** Numbers spread evenly around a value, drawn by a xorshift generator (Marsaglia 2003) whose seed is the name. */
export function noise(
  name: string,
  shape: readonly number[],
  spread: number,
  around = 0,
): Float32Array<ArrayBuffer> {
  let state = 2166136261
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 16777619)
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1))
  for (let i = 0; i < 16; i++) next()
  return values.map(() => around + spread * (2 * next() - 1))
}
