import { mkdtemp, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Checkpoint } from '../checkpoint.ts'
import { withPartialFolder } from '../partial-folder.ts'
import { readCheckpoint } from '../read-checkpoint.ts'
import { type FileTensor, floatBytes, ggufBytes, writeFiles } from '../testing/model-files.ts'
import { scratchFolder } from '../testing/scratch-folder.ts'
import { storedValues } from '../testing/stored-values.ts'
import type { PlannedWeight, Precision } from './plan.ts'
import { storeWeights } from './store-weights.ts'

const folder = await scratchFolder()
let made = 0

async function checkpointOf(tensors: Record<string, FileTensor & { type: number }>): Promise<Checkpoint> {
  const place = join(folder, String(made++))
  await writeFiles(place, { 'm.gguf': ggufBytes({ 'general.architecture': 'llama' }, tensors) })
  return readCheckpoint({ path: join(place, 'm.gguf') })
}

const float32 = (shape: number[], values: readonly number[]) => ({
  shape,
  type: 0,
  bytes: floatBytes(values),
})
const count = (length: number, from = 0) => Array.from({ length }, (_, i) => from + i)

const weight = (
  name: string,
  shape: number[],
  parts: PlannedWeight['parts'],
  role: PlannedWeight['role'] = 'linear',
): PlannedWeight => ({ name, shape, parts, role })
const single = (name: string, shape: number[], role?: PlannedWeight['role']) =>
  weight(name, shape, [{ tensor: name }], role)

const silent = () => {}
const store = (
  checkpoint: Checkpoint,
  plan: PlannedWeight[],
  precision: Precision = 'float32',
  signal?: AbortSignal,
) => storeWeights(checkpoint, plan, precision, join(dirname(checkpoint.path), 'store'), silent, signal)

const SMALL = await checkpointOf({
  q: float32([8, 2], count(16)),
  k: float32([4, 2], count(8, 100)),
  bias: float32([4], [1, 2, 3, 4]),
  norm: float32([3], [0, 1, -1]),
})

test('parts follow one another, each put in order and added to as planned', async () => {
  const plan = [
    weight('qkk', [16, 2], [{ tensor: 'q', neighbouringHeads: 2 }, { tensor: 'k' }, { tensor: 'k' }]),
    weight('bias', [4], [{ tensor: 'bias', neighbouringHeads: 1 }], 'vector'),
    weight('norm', [3], [{ tensor: 'norm', plus: 1 }], 'vector'),
  ]
  const made = await store(SMALL, plan)
  const rows = [0, 2, 1, 3, 4, 6, 5, 7].flatMap((row) => [2 * row, 2 * row + 1])
  expect(await storedValues(made, 'qkk')).toEqual([...rows, ...count(8, 100), ...count(8, 100)])
  expect(await storedValues(made, 'bias')).toEqual([1, 3, 2, 4])
  expect(await storedValues(made, 'norm')).toEqual([1, 2, 0])
})

test('weights made alike share their bytes', async () => {
  const parts = [{ tensor: 'q' }]
  const plan = [weight('embedding', [8, 2], parts, 'embedding'), weight('head', [8, 2], parts)]
  const made = await store(SMALL, plan)
  expect(made.weights.get('head')).toEqual(made.weights.get('embedding'))
  expect((await stat(made.path)).size).toBe(64)
})

test('a store is made once for a plan and a precision, and again where it lost bytes or its index', async () => {
  const checkpoint = await checkpointOf({ a: float32([2, 2], [1, 2, 3, 4]) })
  const plan = [single('a', [2, 2])]
  const place = join(dirname(checkpoint.path), 'store')
  let conversions = 0
  const convert = (precision: Precision) =>
    storeWeights(checkpoint, plan, precision, place, () => conversions++)
  const first = await convert('float32')
  expect(await convert('float32')).toEqual(first)
  expect(conversions).toBe(1)
  await convert('float16')
  expect(conversions).toBe(2)
  await truncate(first.path, 4)
  expect(await storedValues(await convert('float32'), 'a')).toEqual([1, 2, 3, 4])
  await writeFile(join(dirname(first.path), 'index.json'), '{"bytes":')
  expect(await convert('float32')).toEqual(first)
  expect(conversions).toBe(4)
  expect((await readdir(place)).length).toBe(2)
})

test('another plan over the same tensors has a store of its own', async () => {
  const checkpoint = await checkpointOf({ a: float32([4, 2], count(8)) })
  const plain = await store(checkpoint, [single('a', [4, 2])])
  const turned = await store(checkpoint, [weight('a', [4, 2], [{ tensor: 'a', neighbouringHeads: 1 }])])
  expect(await storedValues(plain, 'a')).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(await storedValues(turned, 'a')).toEqual([0, 1, 4, 5, 2, 3, 6, 7])
})

test('every tensor starts on a cache line', async () => {
  const checkpoint = await checkpointOf({ a: float32([3], count(3)), b: float32([3, 32], count(96)) })
  const plan = [single('a', [3], 'vector'), single('b', [3, 32])]
  const { weights } = await store(checkpoint, plan, 'int4')
  const tensors = [...weights.values()].flatMap((stored) =>
    stored.kind === 'plain' ? [stored.tensor] : [stored.values, stored.scales, stored.zeros],
  )
  expect(tensors.map((tensor) => tensor && tensor.offset % 64)).toEqual([0, 0, 0, 0])
})

test('a large tensor is read in pieces, with nothing lost between them', async () => {
  const [rows, columns] = [3000, 1024]
  const values = Float32Array.from({ length: rows * columns }, (_, i) => i)
  const bytes = new Uint8Array(values.buffer)
  const checkpoint = await checkpointOf({ large: { shape: [rows, columns], type: 0, bytes } })
  let pieces = 0
  const plan = [weight('large', [rows, columns], [{ tensor: 'large', neighbouringHeads: 3 }])]
  const made = await storeWeights(checkpoint, plan, 'float32', join(folder, 'large'), () => pieces++)
  expect(pieces).toBeGreaterThan(1)
  const stored = new Float32Array(Uint8Array.from(await readFile(made.path)).buffer)
  const firstOfRow = (row: number) => (stored[row * columns] ?? -1) / columns
  expect([0, 1, 500, 999, 1000, 2999].map(firstOfRow)).toEqual([0, 2, 1, 999, 1000, 2999])
})

test('what is given up, or whose file shrinks meanwhile, leaves nothing behind', async () => {
  const checkpoint = await checkpointOf({ a: float32([2], [1, 2]), b: float32([2], [1, 2]) })
  const plan = [single('a', [2]), single('b', [2])]
  const place = join(dirname(checkpoint.path), 'store')
  const stop = new AbortController()
  const stopAtOnce = () => stop.abort(new Error('enough'))
  await expect(storeWeights(checkpoint, plan, 'float32', place, stopAtOnce, stop.signal)).rejects.toThrow(
    'enough',
  )
  expect(await readdir(place)).toEqual([])
  await truncate(checkpoint.path, 100)
  await expect(store(checkpoint, plan)).rejects.toThrow('became shorter')
  expect(await readdir(place)).toEqual([])
})

test('what a killed process left behind is swept after a day', async () => {
  const place = join(dirname(SMALL.path), 'store')
  const left = await mkdtemp(join(place, '.partial-'))
  await store(SMALL, [single('q', [8, 2])])
  expect(await readdir(place)).toContain(basename(left))
  await utimes(left, 0, 0)
  await store(SMALL, [single('k', [4, 2])])
  expect(await readdir(place)).not.toContain(basename(left))
})

test('a full disk is named with what to change, and nothing stays on it', async () => {
  const home = join(folder, 'full')
  const fill = async () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  }
  await expect(withPartialFolder(home, fill)).rejects.toMatchObject({
    code: 'storage_full',
    message: `The disk is full (${home}); change that, or set PLUMBLINE_HOME to a folder with room for the model.`,
  })
  expect(await readdir(home)).toEqual([])
})

test.for<[string, PlannedWeight, RegExp]>([
  ['a tensor that is missing', single('absent', [1]), /m\.gguf has no tensor absent; fetch it again/],
  ['another shape', single('q', [8, 3]), /holds \[8,2\] where the model's sizes want \[8,3\] for q/],
  [
    'parts of fewer rows',
    weight('qk', [13, 2], [{ tensor: 'q' }, { tensor: 'k' }]),
    /holds \[8,2\] and \[4,2\]/,
  ],
  [
    'heads that do not fit',
    weight('q', [8, 2], [{ tensor: 'q', neighbouringHeads: 3 }]),
    /can't be cut into 3 heads/,
  ],
  [
    'heads without halves',
    weight('q', [8, 2], [{ tensor: 'q', neighbouringHeads: 8 }]),
    /can't be cut into 8 heads of two halves/,
  ],
])('%s is said in one sentence', async ([, planned, sentence]) => {
  await expect(store(SMALL, [planned])).rejects.toThrow(sentence)
})

test('16-bit floats are rounded to the nearest, ties to even', async () => {
  const values = [
    1,
    -2.5,
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    65519,
    2 ** -24,
    2 ** -25,
    3 * 2 ** -25,
    1 + 2 ** -8,
    0,
  ]
  const checkpoint = await checkpointOf({ v: float32([10], values) })
  const plan = [single('v', [10], 'vector')]
  const read = async (precision: Precision) => storedValues(await store(checkpoint, plan, precision), 'v')
  expect(await read('float16')).toEqual([...new Float16Array(values)])
  expect(await read('bfloat16')).toEqual([...[1, -2.5, 1, 1, 65536, 2 ** -24, 2 ** -25, 3 * 2 ** -25, 1, 0]])
})

test.for<[number, Precision]>([
  [65520, 'float16'],
  [Number.NaN, 'float16'],
  [3.4e38, 'bfloat16'],
  [Number.NaN, 'int4'],
  [Number.POSITIVE_INFINITY, 'int8'],
])('%d is refused in %s', async ([value, precision]) => {
  const checkpoint = await checkpointOf({ v: float32([1, 32], [...count(31), value]) })
  const plan = [single('v', [1, 32])]
  await expect(store(checkpoint, plan, precision)).rejects.toThrow(
    /holds a number in v that \w+ can't hold; choose/,
  )
})
