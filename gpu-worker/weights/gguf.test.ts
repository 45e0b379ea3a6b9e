import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decoderConfig } from '../nn/config.ts'
import { readGguf } from './gguf.ts'
import { Metadata } from './metadata.ts'
import { withPartialFolder } from './partial-folder.ts'
import { storeWeights } from './store.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-gguf-'))
})
afterAll(() => rm(folder, { recursive: true }))

const text = (value: string) => {
  const bytes = Buffer.from(value)
  return Buffer.concat([int(8, bytes.length), bytes])
}
const int = (size: 4 | 8, value: number) => {
  const bytes = Buffer.alloc(size)
  bytes.writeUInt32LE(value)
  return bytes
}

type Tensor = { name: string; dims: number[]; type: number; offset: number }

/** A GGUF file with one metadata string, its architecture. */
async function writeFixture(name: string, tensors: Tensor[], data: Buffer, architecture = 'llama') {
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    int(4, 3),
    int(8, tensors.length),
    int(8, 1),
    text('general.architecture'),
    int(4, 8),
    text(architecture),
    ...tensors.flatMap(({ name: tensor, dims, type, offset }) => [
      text(tensor),
      int(4, dims.length),
      ...dims.map((dim) => int(8, dim)),
      int(4, type),
      int(8, offset),
    ]),
  ])
  const padding = Buffer.alloc((32 - (head.length % 32)) % 32)
  const path = join(folder, name)
  await writeFile(path, Buffer.concat([head, padding, data]))
  return path
}

/** Two tensors: a float32 matrix [2, 3], and a Q8_0 vector of 32 ones. */
const TENSORS = [
  { name: 'matrix', dims: [3, 2], type: 0, offset: 0 },
  { name: 'vector', dims: [32], type: 8, offset: 32 },
]
const MATRIX = [1, 2, 3, 4, 5, 6]
const DATA = Buffer.concat([
  Buffer.from(Float32Array.from(MATRIX).buffer),
  Buffer.alloc(8),
  Buffer.from([0x00, 0x3c, ...Array.from({ length: 32 }, () => 1)]),
])

test('tensors are converted once and found again', async () => {
  const path = await writeFixture('two.gguf', TENSORS, DATA)
  const file = await readGguf(path)
  expect(file.tensors.map(({ name, shape }) => [name, shape])).toEqual([
    ['matrix', [2, 3]],
    ['vector', [32]],
  ])
  const home = join(folder, 'weights')
  let conversions = 0
  const count = () => conversions++
  const store = await storeWeights(file, join(home, 'digest'), count)
  const bytes = await readFile(join(store.folder, store.data))
  const read = (name: string) => {
    const { offset = -1, length = 0 } = store.tensors.get(name) ?? {}
    return [
      ...new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + length)),
    ]
  }
  expect(read('matrix')).toEqual(MATRIX)
  expect(read('vector')).toEqual(Array.from({ length: 32 }, () => 1))
  expect(conversions).toBe(2)
  expect(await storeWeights(file, join(home, 'digest'), count)).toEqual(store)
  expect(conversions).toBe(2)
  expect(await readdir(home)).toEqual(['digest'])
})

test('a store that lost bytes or its index is made again', async () => {
  const file = await readGguf(await writeFixture('again.gguf', TENSORS, DATA))
  const place = join(folder, 'again', 'digest')
  const store = await storeWeights(file, place, () => {})
  await truncate(join(store.folder, store.data), 40)
  const size = async () => (await readFile(join(store.folder, store.data))).length
  await storeWeights(file, place, () => {})
  expect(await size()).toBe(64 + 32 * 4)
  await writeFile(join(store.folder, 'index.json'), '{"bytes":')
  expect(await storeWeights(file, place, () => {})).toEqual(store)
})

test('what a killed process left behind is swept after a day', async () => {
  const file = await readGguf(await writeFixture('swept.gguf', TENSORS, DATA))
  const home = join(folder, 'swept')
  await storeWeights(file, join(home, 'one'), () => {})
  const left = await mkdtemp(join(home, '.partial-'))
  await storeWeights(file, join(home, 'two'), () => {})
  expect((await readdir(home)).length).toBe(3)
  await utimes(left, 0, 0)
  await storeWeights(file, join(home, 'three'), () => {})
  expect((await readdir(home)).sort()).toEqual(['one', 'three', 'two'])
})

test('a conversion that is given up, or whose file shrinks meanwhile, leaves nothing behind', async () => {
  const path = await writeFixture('given-up.gguf', TENSORS, DATA)
  const file = await readGguf(path)
  const home = join(folder, 'given-up')
  const stop = new AbortController()
  const stopAtOnce = () => stop.abort(new Error('enough'))
  await expect(storeWeights(file, join(home, 'digest'), stopAtOnce, stop.signal)).rejects.toThrow('enough')
  expect(await readdir(home)).toEqual([])
  await truncate(path, 100)
  await expect(storeWeights(file, join(home, 'digest'), () => {})).rejects.toThrow('became shorter')
  expect(await readdir(home)).toEqual([])
})

test('a full disk is named with what to change, and nothing stays on it', async () => {
  const home = join(folder, 'full')
  const fill = async () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  }
  await expect(withPartialFolder(home, fill)).rejects.toMatchObject({
    code: 'not_configured',
    message: `The disk is full (${home}); change that, or set PLUMBLINE_HOME to a folder with room for the model.`,
  })
  expect(await readdir(home)).toEqual([])
})

test('a file that is cut short says so', async () => {
  const path = await writeFixture('short.gguf', TENSORS, DATA.subarray(0, DATA.length - 1))
  await expect(readGguf(path)).rejects.toThrow(/cut short at \d+ of \d+ bytes; delete it and fetch it again/)
})

test('a file that is cut short in its head says so', async () => {
  const path = await writeFixture('head.gguf', TENSORS, DATA)
  await truncate(path, 60)
  await expect(readGguf(path)).rejects.toMatchObject({ code: 'not_configured' })
})

test('an encoding that we do not know is refused by name', async () => {
  const path = await writeFixture('q2.gguf', [{ name: 'odd', dims: [256], type: 10, offset: 0 }], DATA)
  await expect(readGguf(path)).rejects.toThrow(
    /odd is stored as Q2_K; use a GGUF file whose tensors are F32, /,
  )
})

test('text, nothing and a folder are no GGUF files', async () => {
  const path = join(folder, 'prose.gguf')
  await writeFile(path, 'Once upon a time there was a file that was not a model.')
  await expect(readGguf(path)).rejects.toThrow('is not a whole GGUF file')
  await expect(readGguf(join(folder, 'absent.gguf'))).rejects.toThrow('No weights file can be read')
  await expect(readGguf(folder)).rejects.toMatchObject({ code: 'not_configured' })
})

test('a family that we do not know is refused by name', async () => {
  const file = await readGguf(await writeFixture('mamba.gguf', TENSORS, DATA, 'mamba'))
  expect(() => decoderConfig(file)).toThrow('is a model of the family mamba; use one of llama.')
})

test.each([
  ['block_count', 0, '0 as its layers'],
  ['attention.head_count', 0, '0 as its heads'],
  ['attention.head_count', 5, '1.6 as its headSize'],
  ['context_length', -1, '-1 as its context'],
])('sizes that make no decoder are refused: %s %d', (key, value, what) => {
  const values: Record<string, unknown> = {
    'general.architecture': 'llama',
    'llama.block_count': 1,
    'llama.embedding_length': 8,
    'llama.feed_forward_length': 8,
    'llama.attention.head_count': 2,
    'llama.attention.layer_norm_rms_epsilon': 1e-5,
    'llama.context_length': 16,
    'tokenizer.ggml.tokens': ['a'],
  }
  const read = (metadata: object) =>
    decoderConfig({ path: 'x.gguf', metadata: new Metadata({ ...metadata }, 'x.gguf'), tensors: [] })
  expect(read(values)).toMatchObject({ layers: 1, headSize: 4 })
  expect(() => read({ ...values, [`llama.${key}`]: value })).toThrow(`x.gguf gives ${what}`)
})
