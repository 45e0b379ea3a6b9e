import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { safetensorsBytes } from '../../weights/testing/model-files.ts'
import { TINY_VOCABULARY, type TinyModel } from './tiny-models.ts'
import { type TinyTensor, tinyTensors } from './tiny-tensors.ts'

/** Writes a tiny model as Hugging Face lays models out: config.json, model.safetensors, tokenizer.json. */
export async function writeTinyFolder(
  folder: string,
  model: TinyModel,
  tensors: ReadonlyMap<string, TinyTensor> = tinyTensors(model),
): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'config.json'), JSON.stringify(model.config))
  await writeFile(join(folder, 'model.safetensors'), safetensors(tensors))
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer()))
}

/** The bytes of a safetensors file of float32 tensors. */
export function safetensors(tensors: ReadonlyMap<string, TinyTensor>): Uint8Array {
  const entries = Array.from(tensors, ([name, { shape, values }]) => {
    return [name, { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) }] as const
  })
  return safetensorsBytes(Object.fromEntries(entries))
}

/** A token for each of some bytes, without merges. */
function tokenizer(): object {
  const vocab = Object.fromEntries(
    Array.from({ length: TINY_VOCABULARY }, (_, id) => [String.fromCharCode(0x40 + id), id]),
  )
  return { model: { type: 'BPE', vocab, merges: [] }, added_tokens: [] }
}
