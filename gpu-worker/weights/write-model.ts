import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DecoderConfig } from '../nn/decoder-config.ts'
import { type SavedPart, savedParts } from '../nn/saved-parts.ts'
import type { Checkpoint } from './checkpoint.ts'
import { huggingFaceConfig } from './gguf/hugging-face-config.ts'
import { DESCRIPTIONS, WEIGHTS_FILE } from './safetensors/model-folder.ts'
import { type FloatTensor, writeSafetensors } from './safetensors/write-safetensors.ts'
import { writeDurable } from './write-durable.ts'

/** A weight by its name in the store. */
export type WeightValues = { name: string; values: Float32Array | (() => Promise<Float32Array>) }

/**
 * Writes a model as Hugging Face lays it out, in float32: `weights` are all of its store's, and what stands beside them
 * comes from the checkpoint that the store was made from. Throws `not_configured` where that is a GGUF file that says too
 * little.
 */
export async function writeModel(
  folder: string,
  checkpoint: Checkpoint,
  config: DecoderConfig,
  weights: readonly WeightValues[],
): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeDescriptions(folder, checkpoint, config)
  const parts = savedParts(config, checkpoint)
  const tensors = weights.flatMap((weight) =>
    (parts.get(weight.name) ?? []).map((part) => tensorOf(weight, part)),
  )
  await writeSafetensors(join(folder, WEIGHTS_FILE), tensors)
}

function tensorOf({ values }: WeightValues, { name, shape, from, plus }: SavedPart): FloatTensor {
  const count = shape.reduce((product, size) => product * size, 1)
  const cut = (whole: Float32Array) => {
    const part = whole.subarray(from, from + count)
    return plus === 0 ? part : part.map((value) => value - plus)
  }
  return { name, shape, values: typeof values === 'function' ? async () => cut(await values()) : cut(values) }
}

async function writeDescriptions(
  folder: string,
  checkpoint: Checkpoint,
  config: DecoderConfig,
): Promise<void> {
  const { format, path, tokenizer } = checkpoint
  const json = (name: string, value: object) =>
    writeDurable(join(folder, name), `${JSON.stringify(value, null, 2)}\n`)
  if (format === 'gguf') {
    await json('config.json', huggingFaceConfig(checkpoint, config))
    await json('tokenizer.json', { version: '1.0', truncation: null, padding: null, ...tokenizer.tokenizer })
    const { chat_template, ...rest } = { chat_template: null, ...tokenizer.config }
    await json('tokenizer_config.json', {
      tokenizer_class: 'PreTrainedTokenizerFast',
      ...rest,
      chat_template,
    })
    return
  }
  const settings: object = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'))
  await json('config.json', { ...settings, torch_dtype: 'float32', tie_word_embeddings: config.tiedHead })
  for (const name of DESCRIPTIONS) {
    if (name !== 'config.json') await copyFile(join(path, name), join(folder, name)).catch(ignoreAbsent)
  }
}

function ignoreAbsent(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}
