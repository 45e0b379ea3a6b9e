import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { safetensors } from '../../nn/testing/tiny-folder.ts'
import { noise } from '../../nn/testing/tiny-tensors.ts'

const SITES = { q_proj: [64, 64], v_proj: [32, 64], o_proj: [64, 64] } as const

/** Writes an adapter for the tiny llama as PEFT saves it; each seed another. */
export async function writeTinyAdapter(folder: string, seed: number, rank = 4): Promise<string> {
  await mkdir(folder, { recursive: true })
  const tensors = [0, 1].flatMap((layer) =>
    Object.entries(SITES).flatMap(([site, [out, inner]]) => {
      const name = `base_model.model.model.layers.${layer}.self_attn.${site}`
      const matrix = (side: 'A' | 'B', shape: [number, number]) => {
        const full = `${name}.lora_${side}.weight`
        return [full, { shape, values: noise(`${seed} ${full}`, shape, 0.5) }] as const
      }
      return [matrix('A', [rank, inner]), matrix('B', [out, rank])]
    }),
  )
  await writeFile(join(folder, 'adapter_model.safetensors'), safetensors(new Map(tensors)))
  const config = { peft_type: 'LORA', r: rank, lora_alpha: 2 * rank, bias: 'none' }
  await writeFile(join(folder, 'adapter_config.json'), JSON.stringify(config))
  return folder
}
