import { open, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCheckpoint } from '../read-checkpoint.ts'
import { float32Safetensors, floatBytes, safetensorsBytes, writeFiles } from '../testing/model-files.ts'
import independent from '../testing/safetensors.json' with { type: 'json' }
import { scratchFolder } from '../testing/scratch-folder.ts'
import { CONFIG, TENSORS, values, WHOLE } from '../testing/small-models.ts'

const folder = await scratchFolder()
let made = 0
const place = () => join(folder, String(made++))

const write = (files: Parameters<typeof writeFiles>[1]) => writeFiles(place(), files)
const readFolder = async (files: Parameters<typeof writeFiles>[1]) =>
  readCheckpoint({ path: await write(files) })

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

test('added tokens that have no row are left out, unless the template writes them', async () => {
  const tokenizer = {
    model: { vocab: { a: 0, b: 1 } },
    added_tokens: [
      { id: 2, content: '<end>', special: true },
      { id: 3, content: '<image>', special: true },
    ],
  }
  const files = { ...WHOLE, 'tokenizer.json': tokenizer }
  expect((await readFolder(files)).tokenizer.tokenizer).toMatchObject({ added_tokens: [{ id: 2 }] })
  const writing = { ...files, 'tokenizer_config.json': { chat_template: 'see <image>' } }
  await expect(readFolder(writing)).rejects.toThrow('a token 3 and an embedding of 3 rows')
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
