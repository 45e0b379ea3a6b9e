import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Random, seededRandom } from '../../../shared/statistics/random.ts'
import { safetensors } from '../../nn/testing/tiny-folder.ts'
import type { TinyTensor } from '../../nn/testing/tiny-tensors.ts'
import { tinyTokenizer } from './tiny-tokenizer.ts'

const LAYERS = 2
const HIDDEN = 64
const INNER = 128
const HEAD = 16
const KV_HEADS = 2
const CONTEXT = 512
/** Of the embedding, which is the head too: small, so that nothing is likelier than the rest at first. */
const EMBEDDING_SPREAD = 0.1

/**
 * Writes a llama of about 90,000 random weights, the same for the same seed and texts, as Hugging Face lays models out:
 * one that can be trained from nothing within seconds. Each word of the texts is a token.
 */
export async function tinyModel(folder: string, seed: number, texts: readonly string[]): Promise<void> {
  const { tokenizer, config, tokens } = tinyTokenizer(texts)
  const files = {
    'config.json': { ...SIZES, vocab_size: tokens, eos_token_id: tokens - 4 },
    'tokenizer.json': tokenizer,
    'tokenizer_config.json': config,
  }
  await mkdir(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), JSON.stringify(content))
  }
  await writeFile(join(folder, 'model.safetensors'), safetensors(weights(tokens, seededRandom(seed))))
}

const SIZES = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  hidden_size: HIDDEN,
  intermediate_size: INNER,
  num_hidden_layers: LAYERS,
  num_attention_heads: HIDDEN / HEAD,
  num_key_value_heads: KV_HEADS,
  head_dim: HEAD,
  max_position_embeddings: CONTEXT,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  hidden_act: 'silu',
  attention_bias: false,
  tie_word_embeddings: true,
  torch_dtype: 'float32',
}

function weights(tokens: number, random: Random): Map<string, TinyTensor> {
  const tensors = new Map<string, TinyTensor>()
  const matrix = (name: string, out: number, of: number, spread = 1 / Math.sqrt(of)) => {
    const values = Float32Array.from({ length: out * of }, () => spread * gaussian(random))
    tensors.set(`model.${name}.weight`, { shape: [out, of], values })
  }
  const norm = (name: string) => {
    tensors.set(`model.${name}.weight`, { shape: [HIDDEN], values: new Float32Array(HIDDEN).fill(1) })
  }
  /** What a layer adds is less the more layers add (GPT-2's initialisation). */
  const adding = (name: string, of: number) => matrix(name, HIDDEN, of, 1 / Math.sqrt(of * 2 * LAYERS))

  matrix('embed_tokens', tokens, HIDDEN, EMBEDDING_SPREAD)
  for (let layer = 0; layer < LAYERS; layer++) {
    norm(`layers.${layer}.input_layernorm`)
    matrix(`layers.${layer}.self_attn.q_proj`, HIDDEN, HIDDEN)
    matrix(`layers.${layer}.self_attn.k_proj`, KV_HEADS * HEAD, HIDDEN)
    matrix(`layers.${layer}.self_attn.v_proj`, KV_HEADS * HEAD, HIDDEN)
    adding(`layers.${layer}.self_attn.o_proj`, HIDDEN)
    norm(`layers.${layer}.post_attention_layernorm`)
    matrix(`layers.${layer}.mlp.gate_proj`, INNER, HIDDEN)
    matrix(`layers.${layer}.mlp.up_proj`, INNER, HIDDEN)
    adding(`layers.${layer}.mlp.down_proj`, INNER)
  }
  norm('norm')
  return tensors
}

/** Of mean 0 and deviation 1 (Box and Muller 1958). */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
