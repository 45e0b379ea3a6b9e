import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { DecoderConfig } from '../../nn/decoder-config.ts'
import type { Checkpoint } from '../checkpoint.ts'

const CLASSES: Readonly<Record<string, string>> = {
  llama: 'LlamaForCausalLM',
  qwen2: 'Qwen2ForCausalLM',
  qwen3: 'Qwen3ForCausalLM',
}

/**
 * What config.json says of a decoder that came from a GGUF file. Throws `not_configured` for families and rotations that
 * take more than GGUF says.
 */
export function huggingFaceConfig(checkpoint: Checkpoint, config: DecoderConfig): object {
  const { settings, tensors, path, architecture } = checkpoint
  const kind = CLASSES[config.family]
  if (
    kind === undefined ||
    tensors.has('rope_freqs.weight') ||
    settings.has(`${architecture}.rope.scaling.type`)
  ) {
    throw new PlumblineError(
      'not_configured',
      `${path} does not say all of its model that a folder needs; use the model's own folder of safetensors.`,
    )
  }
  const token = (name: string) => {
    const key = `tokenizer.ggml.${name}_token_id`
    return settings.has(key) ? { [`${name}_token_id`]: settings.number(key) } : {}
  }
  return {
    architectures: [kind],
    model_type: config.family,
    torch_dtype: 'float32',
    hidden_act: 'silu',
    hidden_size: config.hidden,
    intermediate_size: config.feedForward,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headSize,
    max_position_embeddings: config.context,
    rms_norm_eps: config.normEpsilon,
    rope_theta: settings.number(`${architecture}.rope.freq_base`, 10_000),
    attention_bias: config.qkvBias,
    tie_word_embeddings: config.tiedHead,
    vocab_size: config.vocabulary,
    ...token('bos'),
    ...token('eos'),
  }
}
