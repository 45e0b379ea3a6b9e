import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../runtime/device.ts'
import { openDevice } from '../runtime/open-device.ts'
import * as fused from './fused.ts'
import { float32, int64, runGraph } from './testing/run-graph.ts'

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5))

test('products with a transposed matrix', async () => {
  const x = float32([1, 1, 3], [3, 4, 5])
  const w = float32([2, 3], [1, 0, -1, 2, 2, 2])
  const outs = await runGraph(device, [x, w], (g, [a, b]) =>
    a && b ? [fused.matmulTransposed(g, a, b), fused.scaledProducts(g, a, b, 0.5)] : [],
  )
  expect(outs).toEqual([
    [-2, 24],
    [-1, 12],
  ])
})

test('root-mean-square norm, by itself and of a sum', async () => {
  const root = Math.sqrt((9 + 16) / 2 + 0.5)
  const scale = float32([2], [1, 10])
  const normed = await runGraph(device, [float32([1, 2], [3, 4]), scale], (g, [x, s]) =>
    x && s ? [fused.rmsNorm(g, x, s, 0.5)] : [],
  )
  expect(normed).toEqual([near([3 / root, 40 / root])])
  const added = await runGraph(
    device,
    [float32([1, 2], [1, 1]), float32([1, 2], [2, 3]), scale],
    (g, [x, y, s]) => {
      if (!x || !y || !s) return []
      const { sum, normed } = fused.addNorm(g, x, y, s, 0.5)
      return [sum, normed]
    },
  )
  expect(added).toEqual([[3, 4], near([3 / root, 40 / root])])
})

test('blocks of whole numbers: (value - zero) * scale, the even element in the low half of a byte', async () => {
  const block = 16
  // Whole numbers up to 127 in each block: rounding x to 8 bits changes nothing.
  const x = Array.from({ length: 2 * block }, (_, i) => (i % block === 3 ? 127 : (i % 7) - 3))
  const quants = Array.from({ length: 2 * 2 * block }, (_, i) => (5 * i) % 16)
  const scales = [1, 2, 0.5, 4]
  const product = (zeros: readonly number[]) =>
    [0, 1].map((row) =>
      x.reduce((sum, value, i) => {
        const place = 2 * row + Math.floor(i / block)
        return sum + value * ((quants[2 * block * row + i] ?? 0) - (zeros[place] ?? 0)) * (scales[place] ?? 0)
      }, 0),
    )
  for (const { bits, zeros, packed } of [
    { bits: 4, zeros: [8, 8, 8, 8], packed: null },
    { bits: 4, zeros: [1, 15, 0, 9], packed: [0xf1, 0x90] },
    { bits: 8, zeros: [128, 128, 128, 128], packed: null },
    { bits: 8, zeros: [3, 0, 11, 15], packed: [3, 0, 11, 15] },
  ]) {
    const values =
      bits === 8
        ? quants
        : quants.filter((_, i) => i % 2 === 0).map((low, i) => low | ((quants[2 * i + 1] ?? 0) << 4))
    const bytes = Buffer.alloc(16 + 64 + 64)
    for (const [i, scale] of scales.entries()) bytes.writeFloatLE(scale, 4 * i)
    bytes.set(values, 16)
    bytes.set(packed ?? [], 80)
    const shape = [2, 2, (block * bits) / 8]
    const initializers = [
      { name: 'scales', dtype: 'float32', dims: [4], offset: 0 },
      { name: 'values', dtype: 'uint8', dims: shape, offset: 16 },
      ...(packed ? [{ name: 'zeros', dtype: 'uint8', dims: [packed.length], offset: 80 } as const] : []),
    ] as const
    const [y] = await runGraph(
      device,
      [float32([1, 2 * block], x)],
      (g, [input]) => {
        const [s, v, z] = initializers.map(({ name, dtype, dims, offset }) =>
          g.weight(name, dtype, dims, {
            location: 'w.bin',
            offset,
            length: dtype === 'float32' ? 16 : dims.reduce((a, b) => a * b),
          }),
        )
        if (!input || !s || !v) return []
        return [
          fused.matmulBlocked(g, input, {
            values: v,
            scales: s,
            zeros: z ?? null,
            bits,
            block,
            shape: [2, 2 * block],
          }),
        ]
      },
      { weights: { bytes, initializers } },
    )
    expect(y?.map((value) => Math.round(100 * value) / 100)).toEqual(product(zeros))
  }
})

test('heads turn by their positions, each half together or neighbours', async () => {
  const table = (f: (x: number) => number) =>
    float32(
      [3, 2],
      [0, 1, 2].flatMap((p) => [f(p), f(0.1 * p)]),
    )
  const x = [1, 2, 3, 4]
  const inputs = [float32([1, 1, 1, 4], x), int64([1, 1], [2]), table(Math.cos), table(Math.sin)]
  const turned = (interleaved: boolean) =>
    runGraph(device, inputs, (g, [v, positions, cos, sin]) =>
      v && positions && cos && sin ? [fused.rotate(g, v, positions, { cos, sin, interleaved })] : [],
    )
  const pair = (a: number, b: number, angle: number) => [
    a * Math.cos(angle) - b * Math.sin(angle),
    b * Math.cos(angle) + a * Math.sin(angle),
  ]
  const [a = 0, c = 0] = pair(1, 3, 2)
  const [b = 0, d = 0] = pair(2, 4, 0.2)
  expect(await turned(false)).toEqual([near([a, b, c, d])])
  expect(await turned(true)).toEqual([near([...pair(1, 2, 2), ...pair(3, 4, 0.2)])])
})
