import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { Checkpoint, CheckpointTensor, TokenizerFiles } from '../checkpoint.ts'
import { settingsOf } from '../settings.ts'
import { refuseFile } from '../tensor-table.ts'
import { fittingTokenizer } from '../tokenizer-files.ts'
import { WEIGHTS_FILE, WEIGHTS_INDEX } from './model-folder.ts'
import { readSafetensors } from './safetensors.ts'

const record = z.record(z.string(), z.unknown())
const weightsIndex = z.object({ weight_map: z.record(z.string(), z.string()) })
const withEnds = z.object({ eos_token_id: z.union([z.int(), z.array(z.int())]) })
const templateList = z.array(z.object({ name: z.string(), template: z.string() }))

/**
 * Reads a model's folder as Hugging Face lays it out: config.json, model.safetensors or the shards that an index
 * names, tokenizer.json and what stands beside it. Throws `not_configured` for what is missing or can't be used.
 */
export async function readFolderCheckpoint(folder: string): Promise<Checkpoint> {
  const config = await readJson(folder, 'config.json')
  if (!config)
    return refuseFile(folder, 'has no config.json; give the folder of a whole model, or a GGUF file')
  const settings = settingsOf(config, join(folder, 'config.json'))
  if (settings.has('quantization_config')) {
    refuseFile(
      folder,
      'holds weights that were quantised for other software; use the original model or a GGUF file',
    )
  }
  const tensors = await readTensors(folder)
  const files = await readTokenizer(folder, config)
  return {
    path: folder,
    format: 'safetensors',
    architecture: settings.string('model_type'),
    settings,
    tensors,
    tokenizer: fittingTokenizer(folder, files, tensors),
  }
}

async function readTensors(folder: string): Promise<Map<string, CheckpointTensor>> {
  const found = await readJson(folder, WEIGHTS_INDEX)
  if (!found) return readSafetensors(join(folder, WEIGHTS_FILE))
  const index = weightsIndex.safeParse(found)
  const map = index.success
    ? index.data.weight_map
    : refuseFile(join(folder, WEIGHTS_INDEX), 'has no weight_map; fetch it again')
  const tensors = new Map<string, CheckpointTensor>()
  for (const shard of new Set(Object.values(map))) {
    if (!/^[\w.-]+\.safetensors$/.test(shard))
      refuseFile(join(folder, WEIGHTS_INDEX), `names ${shard} as a file; fetch it again`)
    for (const [name, tensor] of await readSafetensors(join(folder, shard))) {
      if (map[name] === shard) tensors.set(name, tensor)
    }
  }
  const missing = Object.keys(map).find((name) => !tensors.has(name))
  if (missing !== undefined)
    refuseFile(join(folder, map[missing] ?? ''), `lacks the tensor ${missing}; fetch it again`)
  return tensors
}

async function readTokenizer(folder: string, modelConfig: object): Promise<TokenizerFiles> {
  const tokenizer = await readJson(folder, 'tokenizer.json')
  if (!tokenizer)
    return refuseFile(folder, 'has no tokenizer.json; add the one of its model, or use a GGUF file')
  const config = (await readJson(folder, 'tokenizer_config.json')) ?? {}
  const generation = (await readJson(folder, 'generation_config.json')) ?? {}
  return {
    tokenizer,
    config: {
      ...config,
      chat_template: await chatTemplate(folder, config.chat_template),
      eos_token_id: [generation, modelConfig].flatMap(endTokens),
    },
  }
}

/** A file of its own comes first; of several named ones, `default` is meant. */
async function chatTemplate(folder: string, inConfig: unknown): Promise<string | null> {
  const own = await readText(folder, 'chat_template.jinja')
  if (own !== null) return own
  const configured = inConfig ?? (await readJson(folder, 'chat_template.json'))?.chat_template
  const named = templateList.safeParse(configured)
  if (named.success) return named.data.find(({ name }) => name === 'default')?.template ?? null
  return typeof configured === 'string' ? configured : null
}

function endTokens(config: object): number[] {
  const parsed = withEnds.safeParse(config)
  return parsed.success ? [parsed.data.eos_token_id].flat() : []
}

async function readJson(folder: string, name: string): Promise<Record<string, unknown> | null> {
  const text = await readText(folder, name)
  if (text === null) return null
  try {
    return record.parse(JSON.parse(text))
  } catch (cause) {
    return refuseFile(join(folder, name), 'is not a JSON object; fetch it again', cause)
  }
}

async function readText(folder: string, name: string): Promise<string | null> {
  try {
    return await readFile(join(folder, name), 'utf8')
  } catch (cause) {
    const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    return absent
      ? null
      : refuseFile(join(folder, name), "can't be read; check that it is a file you may read", cause)
  }
}
