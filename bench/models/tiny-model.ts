import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readCheckpoint } from '../../gpu-worker/weights/read-checkpoint.ts'
import { seededRandom } from '../../shared/statistics/random.ts'
import { randomTensor, writeSafetensors } from './safetensors.ts'

const HIDDEN = 64
const LAYERS = 2
const HEADS = 4
const KV_HEADS = 2
const FEED_FORWARD = 128
const CONTEXT = 4096
const SIZE = 0.1

/**
 * Writes a Llama of random numbers with another model's tokenizer to a folder, as Hugging Face lays it out: it
 * takes every path that a real one takes, in a hundredth of the time.
 */
export async function writeTinyModel(tokenizerOf: string, folder: string): Promise<void> {
  const { tokenizer, settings } = await readCheckpoint({ path: tokenizerOf })
  const vocabulary = settings.strings('tokenizer.ggml.tokens').length
  const random = seededRandom(1)
  const head = HIDDEN / HEADS
  const matrix = (name: string, out: number, into: number) =>
    randomTensor(`model.${name}.weight`, [out, into], SIZE, random)
  const norm = (name: string) => ({
    name: `model.${name}.weight`,
    shape: [HIDDEN],
    values: new Float32Array(HIDDEN).fill(1),
  })
  const layers = Array.from({ length: LAYERS }, (_, i) => `layers.${i}`).flatMap((layer) => [
    norm(`${layer}.input_layernorm`),
    matrix(`${layer}.self_attn.q_proj`, HIDDEN, HIDDEN),
    matrix(`${layer}.self_attn.k_proj`, KV_HEADS * head, HIDDEN),
    matrix(`${layer}.self_attn.v_proj`, KV_HEADS * head, HIDDEN),
    matrix(`${layer}.self_attn.o_proj`, HIDDEN, HIDDEN),
    norm(`${layer}.post_attention_layernorm`),
    matrix(`${layer}.mlp.gate_proj`, FEED_FORWARD, HIDDEN),
    matrix(`${layer}.mlp.up_proj`, FEED_FORWARD, HIDDEN),
    matrix(`${layer}.mlp.down_proj`, HIDDEN, FEED_FORWARD),
  ])
  const tensors = [matrix('embed_tokens', vocabulary, HIDDEN), ...layers, norm('norm')]
  const config = {
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    hidden_size: HIDDEN,
    intermediate_size: FEED_FORWARD,
    num_hidden_layers: LAYERS,
    num_attention_heads: HEADS,
    num_key_value_heads: KV_HEADS,
    max_position_embeddings: CONTEXT,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    tie_word_embeddings: true,
    vocab_size: vocabulary,
  }
  await mkdir(folder, { recursive: true })
  await writeSafetensors(join(folder, 'model.safetensors'), tensors)
  await writeFile(join(folder, 'config.json'), JSON.stringify(config))
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer.tokenizer))
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(tokenizer.config))
}
