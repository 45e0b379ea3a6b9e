import { open, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Checkpoint } from './checkpoint.ts'
import { dequantise } from './dequantise.ts'
import { readBytes } from './file-bytes.ts'
import { readCheckpoint } from './read-checkpoint.ts'
import {
  float32Safetensors,
  floatBytes,
  ggufBytes,
  safetensorsBytes,
  writeFiles,
} from './testing/model-files.ts'
import independent from './testing/safetensors.json' with { type: 'json' }
import { scratchFolder } from './testing/scratch-folder.ts'

const folder = await scratchFolder()
let made = 0
const place = () => join(folder, String(made++))

const TOKENIZER = {
  model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [] },
  added_tokens: [{ id: 2, content: '<end>', special: true }],
}
const CONFIG = { model_type: 'llama', hidden_size: 4, rope_scaling: { factor: 8 }, eos_token_id: 1 }
const TENSORS = {
  'model.embed_tokens.weight': { dtype: 'F32', shape: [3, 2], bytes: floatBytes([1, 2, 3, 4, 5, 6]) },
}
const WHOLE = {
  'config.json': CONFIG,
  'tokenizer.json': TOKENIZER,
  'tokenizer_config.json': { chat_template: 'T', eos_token: '<end>' },
  'model.safetensors': safetensorsBytes(TENSORS, { __metadata__: { format: 'pt' } }),
}
const write = (files: Parameters<typeof writeFiles>[1]) => writeFiles(place(), files)
const readFolder = async (files: Parameters<typeof writeFiles>[1]) =>
  readCheckpoint({ path: await write(files) })

async function values(checkpoint: Checkpoint, name: string): Promise<number[]> {
  const tensor = checkpoint.tensors.get(name)
  if (!tensor) throw new Error(`no ${name}`)
  await using file = await open(tensor.file, 'r')
  return [...dequantise(await readBytes(file, tensor.file, tensor.offset, tensor.bytes), tensor.encoding)]
}

test('a folder is read with its settings, tensors, tokenizer, template and ends', async () => {
  const checkpoint = await readFolder({ ...WHOLE, 'generation_config.json': { eos_token_id: [2, 1] } })
  expect(checkpoint).toMatchObject({ format: 'safetensors', architecture: 'llama' })
  expect(checkpoint.settings.number('rope_scaling.factor')).toBe(8)
  expect(await values(checkpoint, 'model.embed_tokens.weight')).toEqual([1, 2, 3, 4, 5, 6])
  expect(checkpoint.tokenizer.config).toEqual({
    chat_template: 'T',
    eos_token: '<end>',
    eos_token_id: [2, 1, 1],
  })
})

test('tensors are what an independent implementation wrote', async () => {
  const files = { ...WHOLE, 'model.safetensors': Buffer.from(independent.bytes, 'base64') }
  const checkpoint = await readFolder(files)
  expect(checkpoint.tensors.get('half')?.shape).toEqual([2, 3])
  expect(await values(checkpoint, 'half')).toEqual(independent.half)
  expect(await values(checkpoint, 'single')).toEqual(independent.single)
})

const SHARDS = {
  ...WHOLE,
  'model.safetensors': 'not looked at',
  'model.safetensors.index.json': {
    weight_map: { a: 'model-1-of-2.safetensors', b: 'model-2-of-2.safetensors' },
  },
  'model-1-of-2.safetensors': float32Safetensors({ a: [[2], [1, 2]] }),
  'model-2-of-2.safetensors': float32Safetensors({ b: [[1], [3]] }),
}

test('shards are read as one', async () => {
  const checkpoint = await readFolder(SHARDS)
  expect(await values(checkpoint, 'a')).toEqual([1, 2])
  expect(await values(checkpoint, 'b')).toEqual([3])
})

test('a text model inside another is read by its own settings', async () => {
  const config = {
    model_type: 'gemma3',
    vision: 1,
    text_config: { model_type: 'gemma3_text', hidden_size: 8 },
  }
  const { architecture, settings } = await readFolder({ ...WHOLE, 'config.json': config })
  expect(architecture).toBe('gemma3_text')
  expect([settings.number('hidden_size'), settings.number('vision')]).toEqual([8, 1])
})

test.for<[string, object, unknown]>([
  ['a file of its own', { 'chat_template.jinja': 'own' }, 'own'],
  [
    'a list of named ones',
    {
      'tokenizer_config.json': {
        chat_template: [
          { name: 'tool_use', template: 'x' },
          { name: 'default', template: 'y' },
        ],
      },
    },
    'y',
  ],
  ['an older file', { 'tokenizer_config.json': {}, 'chat_template.json': { chat_template: 'z' } }, 'z'],
  ['none', { 'tokenizer_config.json': {} }, null],
])('the chat template may stand in %s', async ([, files, expected]) => {
  const { tokenizer } = await readFolder({ ...WHOLE, ...files })
  expect(tokenizer.config).toMatchObject({ chat_template: expected })
})

const table = (entry: object) => ({ 'model.safetensors': safetensorsBytes(TENSORS, entry) })
test.for<[string, object, RegExp]>([
  ['no configuration', { 'config.json': undefined }, /has no config\.json; give the folder/],
  [
    'a configuration that is no JSON',
    { 'config.json': '{' },
    /config\.json is not a JSON object; fetch it again/,
  ],
  [
    'other quantisation',
    { 'config.json': { ...CONFIG, quantization_config: {} } },
    /quantised for other software/,
  ],
  [
    'no weights',
    { 'model.safetensors': undefined },
    /model\.safetensors can't be read; fetch the model again/,
  ],
  ['no tokenizer', { 'tokenizer.json': undefined }, /has no tokenizer\.json; add the one/],
  ['a tokenizer of another kind', { 'tokenizer.json': { model: {} } }, /tokenizer without vocabulary/],
  [
    'the tokenizer of another model',
    { 'tokenizer.json': { model: { vocab: { a: 0, b: 3 } } } },
    /has a tokenizer with a token 3 and an embedding of 3 rows; give it the tokenizer of its own model/,
  ],
  ['an empty file', { 'model.safetensors': '' }, /is not a whole safetensors file; delete it/],
  [
    'a file cut short',
    { 'model.safetensors': WHOLE['model.safetensors'].subarray(0, -1) },
    /cut short at \d+ of \d+ bytes/,
  ],
  [
    'a header cut short',
    { 'model.safetensors': WHOLE['model.safetensors'].subarray(0, 20) },
    /not a whole safetensors/,
  ],
  ['a header as long as memory', { 'model.safetensors': Buffer.alloc(16, 0xff) }, /not a whole safetensors/],
  [
    'a header that is a list',
    { 'model.safetensors': Buffer.from('\x02\0\0\0\0\0\0\0[]') },
    /not a whole safetensors/,
  ],
  [
    'an unknown type',
    table({ x: { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] } }),
    /stores x as F8_E4M3; use/,
  ],
  [
    'overlapping tensors',
    table({ x: { dtype: 'F32', shape: [2], data_offsets: [4, 12] } }),
    /what can't be of its tensor/,
  ],
  [
    'a tensor of another size',
    table({ x: { dtype: 'F32', shape: [2], data_offsets: [24, 28] } }),
    /what can't be of its tensor x/,
  ],
  [
    'a tensor behind the end',
    table({ x: { dtype: 'F32', shape: [1], data_offsets: [24, 28] } }),
    /cut short/,
  ],
  [
    'a size that is no number',
    table({ x: { dtype: 'F32', shape: [-1], data_offsets: [24, 20] } }),
    /not a whole/,
  ],
  [
    'a missing shard',
    { ...SHARDS, 'model-2-of-2.safetensors': undefined },
    /model-2-of-2\.safetensors can't be read/,
  ],
  [
    'a shard of another model',
    { ...SHARDS, 'model-2-of-2.safetensors': SHARDS['model-1-of-2.safetensors'] },
    /lacks the tensor b/,
  ],
  [
    'a shard outside the folder',
    { 'model.safetensors.index.json': { weight_map: { a: '../model.safetensors' } } },
    /names \.\.\/model\.safetensors as a file/,
  ],
])('%s is said in one sentence', async ([, changes, sentence]) => {
  const files = Object.entries({ ...WHOLE, ...changes }).filter(([, content]) => content !== undefined)
  const reading = readFolder(Object.fromEntries(files))
  await expect(reading).rejects.toThrow(sentence)
  await expect(reading).rejects.toMatchObject({ code: 'not_configured' })
})

test('a place with nothing is said in one sentence', () =>
  expect(readCheckpoint({ path: join(folder, 'nothing') })).rejects.toThrow(
    "nothing can't be read; check the path.",
  ))

const GGUF = ggufBytes(
  {
    'general.architecture': 'llama',
    'llama.block_count': 2,
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'qwen2',
    'tokenizer.ggml.tokens': ['a', 'b', '<end>'],
    'tokenizer.ggml.token_type': [1, 1, 3],
    'tokenizer.ggml.merges': ['a b'],
    'tokenizer.ggml.eos_token_id': 2,
  },
  {
    'token_embd.weight': { shape: [3, 2], type: 0, bytes: floatBytes([1, 2, 3, 4, 5, 6]) },
    vector: { shape: [32], type: 8, bytes: Uint8Array.from([0, 0x3c, ...Array(32).fill(2)]) },
  },
)
async function readGguf(bytes: Uint8Array): Promise<Checkpoint> {
  await write({ 'm.gguf': bytes })
  return readCheckpoint({ path: join(folder, String(made - 1), 'm.gguf') })
}

test('a GGUF file is read with its settings, tensors and tokenizer', async () => {
  const checkpoint = await readGguf(GGUF)
  expect(checkpoint).toMatchObject({ format: 'gguf', architecture: 'llama' })
  expect(checkpoint.settings.number('llama.block_count')).toBe(2)
  expect(await values(checkpoint, 'token_embd.weight')).toEqual([1, 2, 3, 4, 5, 6])
  expect(await values(checkpoint, 'vector')).toEqual(Array(32).fill(2))
  expect(checkpoint.tokenizer).toMatchObject({
    tokenizer: { added_tokens: [{ id: 2, content: '<end>', special: true }] },
    config: { eos_token: '<end>', eos_token_id: [2] },
  })
})

test('the last byte of a GGUF file is missed', async () => {
  const end = GGUF.length - 32 + (34 % 32) - 1
  await expect(readGguf(GGUF.subarray(0, end))).rejects.toThrow(/is cut short at \d+ of \d+ bytes; delete it/)
  expect((await readGguf(GGUF.subarray(0, end + 1))).tensors.size).toBe(2)
})

const one = (type: number, shape: number[], bytes = 256) =>
  ggufBytes({ 'general.architecture': 'llama' }, { odd: { shape, type, bytes: Buffer.alloc(bytes) } })
test.for<[string, Buffer, RegExp]>([
  [
    'an encoding we do not know',
    one(10, [256]),
    /stores odd as Q2_K; use a GGUF file whose tensors are F32, /,
  ],
  ['half a block', one(8, [48]), /what can't be of its tensor odd/],
  ['no architecture', ggufBytes({}), /has no general\.architecture that is a string/],
  ['one part of several', ggufBytes({ 'split.count': 3 }), /one of several parts of a model/],
  ['prose', Buffer.from('Once upon a time there was a file that was no model.'), /not a whole GGUF file/],
  ['nothing', Buffer.alloc(0), /not a whole GGUF file/],
])('%s in GGUF is said in one sentence', async ([, bytes, sentence]) => {
  await expect(readGguf(bytes)).rejects.toThrow(sentence)
})

test('a GGUF tokenizer of an unknown kind is refused when it is asked for', async () => {
  const checkpoint = await readGguf(
    ggufBytes({
      'general.architecture': 'llama',
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': 'toString',
      'tokenizer.ggml.tokens': ['a'],
      'tokenizer.ggml.token_type': [1],
    }),
  )
  expect(() => checkpoint.tokenizer).toThrow(
    /kind gpt2 with toString splitting; use a model with llama, or gpt2 and/,
  )
})

/** Deterministic, so that what fails once fails again. */
function damaged(bytes: Buffer, seed: number): Buffer {
  let state = seed * 2654435761 + 1
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const out = Buffer.from(bytes)
  for (let flips = 1 + random(4); flips > 0; flips--) out[random(out.length)] = random(256)
  return random(3) === 0 ? out.subarray(0, random(out.length)) : out
}

const wholeOrRefused = (reading: Promise<Checkpoint>) =>
  reading.then(
    (checkpoint) => {
      try {
        return typeof checkpoint.tokenizer === 'object'
      } catch (error) {
        return PlumblineError.isInstance(error)
      }
    },
    (error) => PlumblineError.isInstance(error) || `${error}`,
  )

test('a damaged file is read or refused, and nothing else', async () => {
  const path = await write(WHOLE)
  const outcomes = new Set<unknown>()
  for (let seed = 0; seed < 400; seed++) {
    await writeFile(join(path, 'model.safetensors'), damaged(WHOLE['model.safetensors'], seed))
    outcomes.add(await wholeOrRefused(readCheckpoint({ path })))
    await writeFile(join(path, 'm.gguf'), damaged(GGUF, seed))
    outcomes.add(await wholeOrRefused(readCheckpoint({ path: join(path, 'm.gguf') })))
  }
  expect([...outcomes]).toEqual([true])
}, 60_000)

test('tensors behind 4 GB are found', async () => {
  const far = 2 ** 32 + 2 ** 20
  const head = safetensorsBytes(
    {},
    {
      near: { dtype: 'F32', shape: [far / 4], data_offsets: [0, far] },
      far: { dtype: 'F32', shape: [2], data_offsets: [far, far + 8] },
    },
  )
  const path = await write({ ...WHOLE, 'model.safetensors': head })
  const file = join(path, 'model.safetensors')
  await truncate(file, head.length + far + 8)
  {
    await using target = await open(file, 'r+')
    await target.write(floatBytes([0.5, -7]), 0, 8, head.length + far)
  }
  const checkpoint = await readCheckpoint({ path })
  expect(checkpoint.tensors.get('far')?.offset).toBe(head.length + far)
  expect(await values(checkpoint, 'far')).toEqual([0.5, -7])
})
