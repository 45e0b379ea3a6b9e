/**
 * Models of a few thousand weights, one for each form that a family takes: what config.json says of them. Their
 * weights are made by `tinyTensors`.
 */
export type TinyModel = {
  config: Readonly<Record<string, unknown>> & TinySizes
  /** GGUF's name for the family. */
  gguf: string
}

type TinySizes = {
  model_type: string
  hidden_size: number
  intermediate_size: number
  num_hidden_layers: number
  num_attention_heads: number
  num_key_value_heads: number
  head_dim: number
  vocab_size: number
  tie_word_embeddings: boolean
}

export const TINY_VOCABULARY = 64

const SIZES = {
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 16,
  vocab_size: TINY_VOCABULARY,
  max_position_embeddings: 64,
  rms_norm_eps: 1e-5,
  torch_dtype: 'float32',
  bos_token_id: 1,
  eos_token_id: 2,
}
const SILU = { hidden_act: 'silu', attention_bias: false }

export const TINY_MODELS = {
  llama: {
    gguf: 'llama',
    config: {
      ...SIZES,
      ...SILU,
      model_type: 'llama',
      tie_word_embeddings: false,
      rope_theta: 10_000,
    },
  },
  'llama-3-scaling': {
    gguf: 'llama',
    config: {
      ...SIZES,
      ...SILU,
      model_type: 'llama',
      tie_word_embeddings: true,
      rope_theta: 500,
      rope_scaling: {
        rope_type: 'llama3',
        factor: 8,
        low_freq_factor: 1,
        high_freq_factor: 4,
        original_max_position_embeddings: 32,
      },
    },
  },
  'llama-linear-scaling': {
    gguf: 'llama',
    config: {
      ...SIZES,
      ...SILU,
      model_type: 'llama',
      tie_word_embeddings: true,
      rope_theta: 10_000,
      rope_scaling: { type: 'linear', factor: 4 },
    },
  },
  qwen2: {
    gguf: 'qwen2',
    config: {
      ...SIZES,
      ...SILU,
      model_type: 'qwen2',
      tie_word_embeddings: true,
      rope_theta: 1_000_000,
      use_sliding_window: false,
      sliding_window: 32,
    },
  },
  qwen3: {
    gguf: 'qwen3',
    config: {
      ...SIZES,
      ...SILU,
      model_type: 'qwen3',
      head_dim: 32,
      tie_word_embeddings: false,
      rope_parameters: { rope_type: 'default', rope_theta: 1_000_000 },
    },
  },
  gemma3: {
    gguf: 'gemma3',
    config: {
      ...SIZES,
      model_type: 'gemma3_text',
      hidden_activation: 'gelu_pytorch_tanh',
      attention_bias: false,
      num_hidden_layers: 7,
      head_dim: 32,
      tie_word_embeddings: true,
      query_pre_attn_scalar: 24,
      sliding_window: 4,
      sliding_window_pattern: 6,
      rope_theta: 1_000_000,
      rope_local_base_freq: 10_000,
      rope_scaling: { rope_type: 'linear', factor: 8 },
      attn_logit_softcapping: null,
      final_logit_softcapping: null,
    },
  },
} as const satisfies Record<string, TinyModel>

export type TinyName = keyof typeof TINY_MODELS
export const TINY_NAMES: readonly TinyName[] = [
  'llama',
  'llama-3-scaling',
  'llama-linear-scaling',
  'qwen2',
  'qwen3',
  'gemma3',
]

/** What the models are asked: longer than gemma's window, with a token that returns. */
export const TINY_TOKENS: readonly number[] = [1, 17, 42, 5, 60, 33, 17, 8, 29, 51, 12, 40, 3, 22, 42, 9]
