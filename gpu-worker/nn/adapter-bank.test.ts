import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device, Tensors } from '../runtime/device.ts'
import type { HostArray } from '../runtime/host-array.ts'
import { openDevice } from '../runtime/open-device.ts'
import type { Adapter } from '../weights/adapter.ts'
import { adapterBank, type BankSpan, checkAdapter } from './adapter-bank.ts'
import type { DecoderConfig } from './decoder-config.ts'
import { linearParts, linearShape } from './linear-shapes.ts'
import { ADAPTER_ROLES, LORA_SITES, type LoraSite } from './ports.ts'
import { RunningDecoder } from './testing/running-decoder.ts'
import { largestDifference, type TinyCheckpoint, tinyCheckpoint } from './testing/tiny-checkpoint.ts'
import { TINY_MODELS, TINY_TOKENS } from './testing/tiny-models.ts'
import { noise, type TinyTensor, tinyTensors } from './testing/tiny-tensors.ts'

const MODEL = TINY_MODELS['llama-3-scaling']
const OPTIONS = { lora: false, tree: true }

let device: Device
let tiny: TinyCheckpoint
let decoder: RunningDecoder
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
  tiny = await tinyCheckpoint(MODEL)
  decoder = await RunningDecoder.open(device, tiny.config, await tiny.store('float32'), {
    ...OPTIONS,
    lora: true,
  })
})
afterAll(async () => {
  decoder.dispose()
  await tiny[Symbol.asyncDispose]()
  device.dispose()
})

function adapterOf(config: DecoderConfig, name: string, rank: number, sites: readonly LoraSite[]): Adapter {
  const matrices: [`${number}.${LoraSite}`, { a: Float32Array; b: Float32Array }][] = []
  for (let layer = 0; layer < config.layers; layer++) {
    for (const role of ADAPTER_ROLES) {
      const [, inner] = linearShape(config, role)
      for (const { site, rows } of linearParts(config, role)) {
        if (!sites.includes(site)) continue
        const a = noise(`${name}.a.${layer}.${site}`, [rank, inner], 0.2)
        const b = noise(`${name}.b.${layer}.${site}`, [rows, rank], 0.2)
        matrices.push([`${layer}.${site}`, { a, b }])
      }
    }
  }
  return { rank, scaling: 1.5, digest: name, matrices: new Map(matrices) }
}

/** The model's tensors with an adapter's products added: w + scaling * b a. */
function merged({ rank, scaling, matrices }: Adapter): Map<string, TinyTensor> {
  return new Map(
    Array.from(tinyTensors(MODEL), ([name, tensor]) => {
      const [, layer, site] = /layers\.(\d+)\.\w+\.(\w+_proj)\.weight/.exec(name) ?? []
      const pair = Array.from(matrices).find(([key]) => key === `${layer}.${site}`)?.[1]
      if (!pair) return [name, tensor]
      const [, columns = 0] = tensor.shape
      const values = tensor.values.map((value, i) => {
        const row = Math.floor(i / columns)
        let sum = 0
        for (let r = 0; r < rank; r++)
          sum += (pair.b[row * rank + r] ?? 0) * (pair.a[r * columns + (i % columns)] ?? 0)
        return value + scaling * sum
      })
      return [name, { ...tensor, values }]
    }),
  )
}

async function solo(
  tensors: ReadonlyMap<string, TinyTensor>,
  tokens: readonly number[],
): Promise<Float32Array[]> {
  await using other = await tinyCheckpoint(MODEL, 'safetensors', tensors)
  const alone = await RunningDecoder.open(device, other.config, await other.store('float32'), OPTIONS)
  const rows = await alone.run(alone.buffers(1), { tokens: [tokens] })
  alone.dispose()
  return rows
}

function bound(
  adapters: readonly Adapter[],
  rows: readonly (number | null)[],
  span: BankSpan = { first: 0, last: adapters.length - 1 },
): Tensors {
  const bank = adapterBank(tiny.config, adapters, 'float32')
  const floats = (values: HostArray) => {
    if (values instanceof Float32Array) return values
    throw new TypeError('the bank is float32')
  }
  const matrices = bank.matrices.map(({ port, role, dims: [, columns = 0], values }) => {
    const { from, count } = bank.ranks(role, span)
    const within = floats(values).subarray(from * columns, (from + count) * columns)
    return [port, decoder.tensor(within, [count, columns])] as const
  })
  const gates = bank
    .gates(rows, span)
    .map(({ port, dims, values }) => [port, decoder.tensor(floats(values), dims)] as const)
  return Object.fromEntries([...matrices, ...gates])
}

test('an adapter at every layer is the model with its products merged', async () => {
  const adapter = adapterOf(tiny.config, 'all', 3, LORA_SITES)
  const adapters = bound([adapter], [0])
  const rows = await decoder.run(decoder.buffers(1), { tokens: [TINY_TOKENS], adapters })
  const expected = await solo(merged(adapter), TINY_TOKENS)
  expect(largestDifference(rows, expected)).toBeLessThan(1e-5)
  expect(largestDifference(expected, await solo(tinyTensors(MODEL), TINY_TOKENS))).toBeGreaterThan(0.5)
})

test('rows of one batch use adapters of other ranks and sites, and none', async () => {
  const adapters = [
    adapterOf(tiny.config, 'wide', 4, ['q_proj', 'v_proj', 'down_proj']),
    adapterOf(tiny.config, 'narrow', 1, ['k_proj', 'up_proj']),
  ]
  const rows = [1, null, 0]
  const gates = bound(adapters, rows)
  const texts = rows.map((_, row) => TINY_TOKENS.slice(row, row + 8))
  const buffers = decoder.buffers(3)
  const prompt = await decoder.run(buffers, { tokens: texts, adapters: gates })
  const next = await decoder.run(buffers, { tokens: [[4], [5], [6]], past: [8, 8, 8], adapters: gates })
  for (const [row, chosen] of rows.entries()) {
    const adapter = chosen === null ? null : adapters[chosen]
    const expected = await solo(adapter ? merged(adapter) : tinyTensors(MODEL), [
      ...(texts[row] ?? []),
      4 + row,
    ])
    expect(
      largestDifference([...prompt.slice(8 * row, 8 * row + 8), ...next.slice(row, row + 1)], expected),
    ).toBeLessThan(1e-5)
  }
})

test('a pass needs no ranks but those of the adapters from its first to its last', async () => {
  const adapters = [
    adapterOf(tiny.config, 'wide', 4, LORA_SITES),
    adapterOf(tiny.config, 'narrow', 2, ['k_proj', 'up_proj']),
    adapterOf(tiny.config, 'outer', 3, ['o_proj', 'gate_proj']),
  ]
  for (const [first, last] of [
    [1, 1],
    [2, 2],
    [1, 2],
  ] as const) {
    const matrices = bound(adapters, [first, last], { first, last })
    const texts = [TINY_TOKENS.slice(0, 8), TINY_TOKENS.slice(1, 9)]
    const rows = await decoder.run(decoder.buffers(2), { tokens: texts, adapters: matrices })
    for (const [row, place] of [first, last].entries()) {
      const adapter = adapters[place]
      const expected = adapter && (await solo(merged(adapter), texts[row] ?? []))
      expect(largestDifference(rows.slice(8 * row, 8 * row + 8), expected ?? [])).toBeLessThan(1e-5)
    }
  }
})

test('no adapter at all is the base model', async () => {
  const rows = await decoder.run(decoder.buffers(1), { tokens: [TINY_TOKENS], adapters: bound([], [null]) })
  expect(largestDifference(rows, await solo(tinyTensors(MODEL), TINY_TOKENS))).toBeLessThan(1e-6)
})

test('an adapter of another model is refused', () => {
  const adapter = adapterOf({ ...tiny.config, hidden: 32 }, 'other', 2, ['q_proj'])
  expect(() => checkAdapter(tiny.config, adapter)).toThrow(
    "The adapter's matrices for q_proj of layer 0 don't fit the model that is loaded; train it on that model.",
  )
  const deeper = adapterOf({ ...tiny.config, layers: 3 }, 'deeper', 2, ['q_proj'])
  expect(() => adapterBank(tiny.config, [deeper], 'float32')).toThrow('q_proj of layer 2 don')
})
