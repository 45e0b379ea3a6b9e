import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Checkpoint } from '../checkpoint.ts'
import { dequantise, ENCODINGS } from '../encoding/dequantise.ts'
import { readCheckpoint } from '../read-checkpoint.ts'
import { type FileTensor, floatBytes, ggufBytes, writeFiles } from '../testing/model-files.ts'
import { scratchFolder } from '../testing/scratch-folder.ts'
import { storedValues } from '../testing/stored-values.ts'
import type { PlannedWeight, Precision } from './plan.ts'
import { storeWeights } from './store-weights.ts'
import type { StoredWeight } from './weight-store.ts'

const folder = await scratchFolder()
let made = 0

/** Deterministic numbers of a bell's shape, around 0. */
const bell = (length: number) =>
  Array.from({ length }, (_, i) => {
    const wave = (step: number) => ((Math.imul(i + 1, step) >>> 8) % 1000) / 1000
    return wave(2654435761) + wave(40503) + wave(69069) + wave(1664525) - 2
  })

/** Blocks of any quants with ordinary scales, as GGUF would store them. */
function quantised(
  name: string,
  rows: number,
  columns: number,
): FileTensor & { type: number; values: number[] } {
  const encoding = ENCODINGS.find((known) => known.name === name)
  if (!encoding) throw new Error(name)
  const blocks = (rows * columns) / encoding.elements
  const bytes = Uint8Array.from({ length: blocks * encoding.bytes }, (_, i) => {
    const within = i % encoding.bytes
    // Scales come first, in binary16: their high bytes give numbers about 0.01.
    const scale = within < (name.endsWith('_1') ? 4 : 2)
    return scale && within % 2 === 1
      ? 0x21 + (Math.floor(i / encoding.bytes) % 3)
      : Math.imul(i + 7, 2654435761) >>> 24
  })
  return { shape: [rows, columns], type: encoding.type, bytes, values: [...dequantise(bytes, encoding)] }
}

const floats = (rows: number, columns: number) => {
  const values = [...Float32Array.from(bell(rows * columns))]
  return { shape: [rows, columns], type: 0, bytes: floatBytes(values), values }
}

type Source = ReturnType<typeof quantised>

async function stored(sources: Record<string, Source>, plan: PlannedWeight[], precision: Precision) {
  const place = join(folder, String(made++))
  await writeFiles(place, { 'm.gguf': ggufBytes({ 'general.architecture': 'llama' }, sources) })
  const checkpoint: Checkpoint = await readCheckpoint({ path: join(place, 'm.gguf') })
  return storeWeights(checkpoint, plan, precision, join(dirname(checkpoint.path), 'store'), () => {})
}

const planned = (name: string, parts: Record<string, Source>): PlannedWeight => {
  const [columns = 0] = Object.values(parts).map(({ shape }) => shape[1] ?? 0)
  const rows = Object.values(parts).reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0)
  return {
    name,
    shape: [rows, columns],
    role: 'linear',
    parts: Object.keys(parts).map((tensor) => ({ tensor })),
  }
}

async function single(source: Source, precision: Precision) {
  const store = await stored({ w: source }, [planned('w', { w: source })], precision)
  return { weight: store.weights.get('w'), values: await storedValues(store, 'w') }
}

const form = (weight: StoredWeight | undefined) =>
  weight?.kind === 'blocked' ? [weight.bits, weight.block, weight.zeros !== null] : weight?.kind

test.for<[string, Precision, unknown]>([
  ['Q4_0', 'int4', [4, 32, false]],
  ['Q4_0', 'int8', [8, 32, false]],
  ['Q8_0', 'int8', [8, 32, false]],
])('%s is kept without loss in %s', async ([name, precision, expected]) => {
  const source = quantised(name, 3, 96)
  const { weight, values } = await single(source, precision)
  expect(form(weight)).toEqual(expected)
  expect(values).toEqual(source.values)
})

test('blocks that are added to are made anew', async () => {
  const source = quantised('Q8_0', 3, 96)
  const plan = { ...planned('w', { w: source }), parts: [{ tensor: 'w', plus: 1 }] }
  const values = await storedValues(await stored({ w: source }, [plan], 'int8'), 'w')
  const more = source.values.map((value) => value + 1)
  expect(distance(values, more)).toBeLessThan(0.006)
})

/** Root mean square of the difference, over that of the values. */
function distance(values: readonly number[], expected: readonly number[]): number {
  const squares = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number * number, 0)
  return Math.sqrt(squares(values.map((value, i) => value - (expected[i] ?? 0))) / squares(expected))
}

/** Rounding to 15 or 254 equal steps over blocks of a bell's numbers errs by about so much. */
test.for<[string, Source, Precision, unknown, number]>([
  ['floats', floats(4, 128), 'int8', [8, 64, false], 0.006],
  ['floats', floats(4, 128), 'int4', [4, 32, true], 0.09],
  ['floats of an odd number of blocks', floats(5, 96), 'int4', [4, 32, true], 0.09],
  ['Q4_1', quantised('Q4_1', 5, 96), 'int4', [4, 32, true], 0.09],
  ['Q4_1', quantised('Q4_1', 5, 96), 'int8', [8, 32, false], 0.006],
  ['Q8_0 in a file without four bits', quantised('Q8_0', 3, 96), 'int4', [4, 32, true], 0.09],
])('%s: stored with a small error', async ([, source, precision, expected, bound]) => {
  const { weight, values } = await single(source, precision)
  expect(form(weight)).toEqual(expected)
  expect(distance(values, source.values)).toBeLessThan(bound)
  expect(distance(values, source.values)).toBeGreaterThan(0)
})

test('a head of floats has eight bits where other layers have four', async () => {
  const source = floats(4, 128)
  const store = await stored({ w: source }, [{ ...planned('w', { w: source }), role: 'head' }], 'int4')
  expect(form(store.weights.get('w'))).toEqual([8, 64, false])
})

test('a search over scales errs less than the best one for plain steps', async () => {
  const source = floats(8, 64)
  const { values } = await single(source, 'int4')
  const plain = Array.from({ length: 16 }, (_, at) => {
    const block = source.values.slice(at * 32, at * 32 + 32)
    const step = (Math.max(0, ...block) - Math.min(0, ...block)) / 15
    const zero = Math.round(-Math.min(0, ...block) / step)
    const steps = block.map((value) => Math.min(15, Math.max(0, Math.round(value / step) + zero)) - zero)
    const product = (one: number[], other: number[]) =>
      one.reduce((sum, x, i) => sum + x * (other[i] ?? 0), 0)
    const best = product(steps, block) / product(steps, steps)
    return steps.map((count) => best * count)
  })
  expect(distance(values, source.values)).toBeLessThan(0.99 * distance(plain.flat(), source.values))
})

test('zeros stay zeros, and one sided blocks keep their end', async () => {
  const values = [...Array(32).fill(0), ...Array(31).fill(0), 5, ...Array(31).fill(0), -5]
  const source = { shape: [1, 96], type: 0, bytes: floatBytes(values), values }
  expect((await single(source, 'int4')).values).toEqual(values.map((value) => expect.closeTo(value, 5)))
  expect((await single(source, 'int8')).values).toEqual(values.map((value) => expect.closeTo(value, 5)))
})

test('parts of several encodings share a form, and what could be kept is', async () => {
  const parts = { a: quantised('Q4_0', 2, 64), b: quantised('Q4_1', 2, 64) }
  const store = await stored(parts, [planned('w', parts)], 'int4')
  expect(form(store.weights.get('w'))).toEqual([4, 32, true])
  const values = await storedValues(store, 'w')
  expect(values.slice(0, 128)).toEqual(parts.a.values)
  expect(distance(values.slice(128), parts.b.values)).toBeLessThan(0.09)
})

test('a file that mixes four bits with more keeps more where it does', async () => {
  const sources = { four: quantised('Q4_0', 4, 64), eight: quantised('Q8_0', 2, 64) }
  const { four, eight } = sources
  const plan = [planned('four', { four }), planned('eight', { eight }), planned('both', { four, eight })]
  const store = await stored(sources, plan, 'int4')
  expect(plan.map(({ name }) => form(store.weights.get(name)))).toEqual([
    [4, 32, false],
    [8, 32, false],
    [4, 32, true],
  ])
  expect(await storedValues(store, 'eight')).toEqual(eight.values)
})

test('what has no whole blocks, and what is no linear layer, stays float32', async () => {
  const sources = { narrow: floats(2, 48), table: floats(2, 64), vector: { ...floats(1, 64), shape: [64] } }
  const plan: PlannedWeight[] = [
    planned('narrow', { narrow: sources.narrow }),
    { ...planned('table', { table: sources.table }), role: 'embedding' },
    { name: 'vector', shape: [64], role: 'vector', parts: [{ tensor: 'vector' }] },
  ]
  const store = await stored(sources, plan, 'int4')
  for (const { name } of plan) expect(store.weights.get(name)).toMatchObject({ tensor: { dtype: 'float32' } })
  expect(await storedValues(store, 'table')).toEqual(sources.table.values)
})
