import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readAdapter } from './adapter.ts'
import { readSafetensors } from './safetensors/safetensors.ts'
import { scratchFolder } from './testing/scratch-folder.ts'
import { writeAdapter } from './write-adapter.ts'

const folder = await scratchFolder()
const module = 'model.layers.3.mlp.down_proj'
const values = Float32Array.of(0.1, -2, 3e-20, 4, 5, 6)

test('what was written is read back to the last bit', async () => {
  const settings = { rank: 2, alpha: 6, dropout: 0.1, targets: ['down_proj'], base: 'file:here' } as const
  await writeAdapter(folder, settings, [
    { name: `${module}.lora_A.weight`, shape: [2, 3], values },
    { name: `${module}.lora_B.weight`, shape: [1, 2], values: values.subarray(4) },
  ])
  const adapter = await readAdapter(folder)
  expect(adapter).toMatchObject({ rank: 2, scaling: 3 })
  expect([...adapter.matrices]).toEqual([['3.down_proj', { a: values, b: Float32Array.of(5, 6) }]])
})

test('PEFT finds its own names and settings', async () => {
  const config = JSON.parse(await readFile(join(folder, 'adapter_config.json'), 'utf8'))
  expect(config).toMatchObject({ peft_type: 'LORA', r: 2, lora_alpha: 6, target_modules: ['down_proj'] })
  const tensors = await readSafetensors(join(folder, 'adapter_model.safetensors'))
  expect([...tensors.keys()]).toEqual([
    `base_model.model.${module}.lora_A.weight`,
    `base_model.model.${module}.lora_B.weight`,
  ])
  expect([...tensors.values()].map(({ offset }) => offset % 8)).toEqual([0, 0])
})
