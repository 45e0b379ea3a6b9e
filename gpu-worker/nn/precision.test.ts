import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../runtime/device.ts'
import { openDevice } from '../runtime/open-device.ts'
import type { StoredTensor, StoredWeight, WeightStore } from '../weights/store/weight-store.ts'
import type { DecoderConfig } from './decoder-config.ts'
import type { DecoderOptions } from './decoder-model.ts'
import { RunningDecoder } from './testing/running-decoder.ts'
import { tinyCheckpoint } from './testing/tiny-checkpoint.ts'
import { TINY_MODELS, TINY_NAMES, TINY_TOKENS } from './testing/tiny-models.ts'

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

async function logits(config: DecoderConfig, store: WeightStore, options: Partial<DecoderOptions> = {}) {
  const decoder = await RunningDecoder.open(device, config, store, { lora: false, tree: true, ...options })
  const rows = await decoder.run(decoder.buffers(1), { tokens: [TINY_TOKENS] })
  decoder.dispose()
  return rows
}

/** The root-mean-square difference, as a share of the second's own. */
function error(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  const square = (rows: readonly Float32Array[], others?: readonly Float32Array[]) =>
    rows.reduce(
      (sum, row, i) =>
        sum + row.reduce((inner, value, j) => inner + (value - (others?.[i]?.[j] ?? 0)) ** 2, 0),
      0,
    )
  return Math.sqrt(square(a, b) / square(b))
}

/** The numbers that a blocked weight stands for: (value - zero) * scale. */
function dequantised(data: Buffer, weight: Extract<StoredWeight, { kind: 'blocked' }>): Float32Array {
  const { bits, block, shape, values, scales, zeros } = weight
  const [out = 0, inner = 0] = shape
  const floats = new Float32Array(data.buffer, data.byteOffset + scales.offset, scales.bytes / 4)
  const integer = ({ offset }: StoredTensor, i: number) => {
    const byte = data[offset + Math.floor((i * bits) / 8)] ?? 0
    return bits === 8 ? byte : i % 2 === 0 ? byte & 15 : byte >> 4
  }
  // Each row's zero points begin at a byte of their own.
  const perRow = inner / block
  const zeroAt = (row: number, column: number) =>
    zeros ? integer(zeros, row * Math.ceil((perRow * bits) / 8) * (8 / bits) + column) : 2 ** (bits - 1)
  return Float32Array.from({ length: out * inner }, (_, i) => {
    const row = Math.floor(i / inner)
    const column = Math.floor((i % inner) / block)
    return (integer(values, i) - zeroAt(row, column)) * (floats[row * perRow + column] ?? Number.NaN)
  })
}

/** A float32 store of the very numbers that a blocked one stands for. */
async function widened(store: WeightStore): Promise<WeightStore> {
  const data = Buffer.from(new Uint8Array(await readFile(store.path)).buffer)
  const parts: Buffer[] = []
  let offset = 0
  const weights = new Map<string, StoredWeight>()
  for (const [name, weight] of store.weights) {
    const shape = weight.kind === 'plain' ? weight.tensor.shape : weight.shape
    const bytes =
      weight.kind === 'plain'
        ? data.subarray(weight.tensor.offset, weight.tensor.offset + weight.tensor.bytes)
        : Buffer.from(dequantised(data, weight).buffer)
    weights.set(name, { kind: 'plain', tensor: { dtype: 'float32', shape, offset, bytes: bytes.length } })
    parts.push(bytes)
    offset += bytes.length
  }
  const path = `${store.path}.widened`
  await writeFile(path, Buffer.concat(parts))
  return { path, precision: 'float32', weights }
}

// Activations are rounded to 8 bits a block beside the weights.
test.each([
  ['int8', 0.05],
  ['int4', 0.3],
] as const)('%s weights give the logits of the numbers they stand for', async (precision, bound) => {
  for (const name of TINY_NAMES) {
    await using tiny = await tinyCheckpoint(TINY_MODELS[name])
    const store = await tiny.store(precision)
    expect([...store.weights.values()].filter(({ kind }) => kind === 'blocked')).not.toHaveLength(0)
    const rows = await logits(tiny.config, store)
    expect(error(rows, await logits(tiny.config, await widened(store)))).toBeLessThan(0.05)
    expect(error(rows, await logits(tiny.config, await tiny.store('float32')))).toBeLessThan(bound)
  }
})

test.each([
  ['float16', 0.004],
  ['bfloat16', 0.02],
] as const)('%s weights lose little', async (precision, bound) => {
  for (const name of TINY_NAMES) {
    await using tiny = await tinyCheckpoint(TINY_MODELS[name])
    const exact = await logits(tiny.config, await tiny.store('float32'))
    const rounded = await logits(tiny.config, await tiny.store(precision), { type: 'float32' })
    expect(error(rounded, exact)).toBeGreaterThan(0)
    expect(error(rounded, exact)).toBeLessThan(bound)
  }
})

test.each(['fused', 'primitive'] as const)(
  'a float16 graph with %s attention loses little',
  async (attention) => {
    for (const name of TINY_NAMES) {
      await using tiny = await tinyCheckpoint(TINY_MODELS[name])
      const exact = await logits(tiny.config, await tiny.store('float32'))
      const rows = await logits(tiny.config, await tiny.store('float16'), { attention })
      expect(error(rows, exact)).toBeLessThan(0.005)
      const blocked = await tiny.store('int8')
      const narrow = await logits(tiny.config, blocked, { type: 'float16', attention })
      expect(error(narrow, await logits(tiny.config, blocked))).toBeLessThan(0.05)
    }
  },
)

// The CPU multiplies no bfloat16: that it says so shows that all types of the graph fit, which it looks at before.
test.each(['fused', 'primitive'] as const)(
  'a bfloat16 graph with %s attention is well formed',
  async (attention) => {
    for (const name of TINY_NAMES) {
      await using tiny = await tinyCheckpoint(TINY_MODELS[name])
      const opened = logits(tiny.config, await tiny.store('bfloat16'), { attention })
      await expect(opened).rejects.toThrow('Could not find an implementation for FusedMatMul')
    }
  },
)
