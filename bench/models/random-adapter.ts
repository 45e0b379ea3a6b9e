import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LORA_SITES } from '../../gpu-worker/nn/ports.ts'
import { GGUF_LINEARS } from '../../gpu-worker/nn/tensor-names.ts'
import { seededRandom } from '../../shared/statistics/random.ts'
import { randomTensor, writeSafetensors } from './safetensors.ts'

const SIZE_A = 0.02
/** Small, so that replies stay those of the base model and are as long: the work is the same. */
const SIZE_B = 0.0005

/**
 * Writes a LoRA adapter of random numbers on all seven sites of every layer to a folder, as PEFT saves them.
 * `shapes` are the [out, in] of the base model's tensors by their GGUF names.
 */
export async function writeRandomAdapter(
  folder: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  rank: number,
  seed: number,
): Promise<void> {
  const random = seededRandom(seed)
  const tensors = []
  for (let layer = 0; shapes.has(`blk.${layer}.attn_q.weight`); layer++) {
    for (const site of LORA_SITES) {
      const [out = 0, into = 0] = shapes.get(`blk.${layer}.${GGUF_LINEARS[site]}.weight`) ?? []
      const part = GGUF_LINEARS[site].startsWith('attn') ? 'self_attn' : 'mlp'
      const name = `base_model.model.model.layers.${layer}.${part}.${site}`
      tensors.push(randomTensor(`${name}.lora_A.weight`, [rank, into], SIZE_A, random))
      tensors.push(randomTensor(`${name}.lora_B.weight`, [out, rank], SIZE_B, random))
    }
  }
  const config = { peft_type: 'LORA', r: rank, lora_alpha: rank, target_modules: LORA_SITES, bias: 'none' }
  await mkdir(folder, { recursive: true })
  await writeSafetensors(join(folder, 'adapter_model.safetensors'), tensors)
  await writeFile(join(folder, 'adapter_config.json'), JSON.stringify(config))
}
