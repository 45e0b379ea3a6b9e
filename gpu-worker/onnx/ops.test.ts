import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../runtime/device.ts'
import { openDevice } from '../runtime/open-device.ts'
import { Graph } from './graph.ts'
import * as ops from './ops.ts'
import { float32, type HostTensor, int64, runGraph } from './testing/run-graph.ts'
import type { Value } from './types.ts'

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

/** What an operator makes of its inputs, where the tensor that it is bound to has the shape that it says. */
const result = async (
  inputs: readonly HostTensor[],
  build: (g: Graph, values: Value[]) => Value,
  sizes: Readonly<Record<string, number>> = {},
) => (await runGraph(device, inputs, (g, values) => [build(g, values)], { sizes }))[0]

/** The n-th of the graph's inputs. */
function nth(values: readonly Value[], n: number): Value {
  const value = values[n]
  if (!value) throw new RangeError(`no input ${n}`)
  return value
}

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5))
const X = float32([2, 3], [1, 2, 3, 4, 5, 6])

test('elementwise operators broadcast', async () => {
  const row = float32([3], [10, 20, 30])
  const column = float32([2, 1], [100, 200])
  const both = (op: (g: Graph, a: Value, b: Value) => Value) => (g: Graph, v: Value[]) =>
    op(g, nth(v, 0), nth(v, 1))
  expect(await result([X, row], both(ops.add))).toEqual([11, 22, 33, 14, 25, 36])
  expect(await result([row, column], both(ops.add))).toEqual([110, 120, 130, 210, 220, 230])
  expect(await result([column, row], both(ops.sub))).toEqual([90, 80, 70, 190, 180, 170])
  expect(await result([X, row], both(ops.mul))).toEqual([10, 40, 90, 40, 100, 180])
  expect(await result([X, float32([], [4])], both(ops.atLeast))).toEqual([0, 0, 0, 1, 1, 1])
  expect(await result([X, float32([3], [1, 5, 3])], both(ops.equal))).toEqual([1, 0, 1, 0, 1, 0])
  const chosen = (g: Graph, v: Value[]) =>
    ops.where(g, ops.atLeast(g, nth(v, 0), nth(v, 1)), ops.scalar(g, 1.5, 'float32'), nth(v, 0))
  expect(await result([X, float32([2, 1], [2, 5])], chosen)).toEqual([1, 1.5, 1.5, 4, 1.5, 1.5])
})

test('activations and softmax', async () => {
  const x = float32([3], [-1, 0, 2])
  expect(await result([x], (g, v) => ops.sigmoid(g, nth(v, 0)))).toEqual(
    near([-1, 0, 2].map((value) => 1 / (1 + Math.exp(-value)))),
  )
  const gelu = (value: number) =>
    0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3)))
  expect(await result([x], (g, v) => ops.gelu(g, nth(v, 0)))).toEqual(near([-1, 0, 2].map(gelu)))
  const logs = float32([2, 2], [Math.log(1), Math.log(3), Math.log(4), Math.log(1)])
  expect(await result([logs], (g, v) => ops.softmax(g, nth(v, 0)))).toEqual(near([0.25, 0.75, 0.8, 0.2]))
})

test('products of matrices', async () => {
  const w = float32([3, 2], [1, 0, 0, 1, 1, 1])
  expect(await result([X, w], (g, v) => ops.matmul(g, nth(v, 0), nth(v, 1)))).toEqual([4, 5, 10, 11])
  const stack = float32([2, 1, 3], [1, 0, 0, 0, 1, 0])
  expect(await result([stack, w], (g, v) => ops.matmul(g, nth(v, 0), nth(v, 1)))).toEqual([1, 0, 0, 1])
  const c = float32([2, 2], [100, 200, 300, 400])
  const rows = float32([2, 3], [1, 0, 1, 0, 1, 1])
  expect(await result([X, rows], (g, v) => ops.gemmTransposed(g, nth(v, 0), nth(v, 1)))).toEqual([
    4, 5, 10, 11,
  ])
  expect(await result([X, w, c], (g, v) => ops.gemm(g, nth(v, 0), nth(v, 1), nth(v, 2)))).toEqual([
    104, 205, 310, 411,
  ])
})

test('casts, and constants of a type', async () => {
  expect(await result([float32([3], [-1.5, 0, 2.5])], (g, v) => ops.cast(g, nth(v, 0), 'int64'))).toEqual([
    -1, 0, 2,
  ])
  expect(await result([X], (g, v) => ops.cast(g, ops.cast(g, nth(v, 0), 'float16'), 'float32'))).toEqual([
    1, 2, 3, 4, 5, 6,
  ])
  const third = (g: Graph, v: Value[]) =>
    ops.add(g, ops.sub(g, nth(v, 0), nth(v, 0)), ops.cast(g, ops.scalar(g, 1 / 3, 'bfloat16'), 'float32'))
  expect(await result([float32([1], [7])], third)).toEqual([0.333984375])
})

test('other shapes of the same elements', async () => {
  const sizes = { rest: 2, rows: 6, tokens: 2 }
  expect(await result([X], (g, v) => ops.reshape(g, nth(v, 0), [3, 'rest']), sizes)).toEqual([
    1, 2, 3, 4, 5, 6,
  ])
  const x = { name: 'x', dtype: 'float32', shape: ['a', 'b'] } as const
  expect(() => ops.reshape(new Graph(), x, ['b', 'a'])).toThrow('two unknown sizes')
  const told = (g: Graph, v: Value[]) => ops.reshapeTo(g, nth(v, 0), nth(v, 1), [1, 3, 2])
  expect(await result([X, int64([3], [1, 3, 2])], told)).toEqual([1, 2, 3, 4, 5, 6])
  const cube = float32([1, 2, 3], [1, 2, 3, 4, 5, 6])
  expect(await result([cube], (g, v) => ops.asMatrix(g, nth(v, 0), 'tokens'), sizes)).toEqual([
    1, 2, 3, 4, 5, 6,
  ])
  expect(await result([X], (g, v) => ops.unsqueeze(g, nth(v, 0), 1))).toEqual([1, 2, 3, 4, 5, 6])
  expect(await result([X], (g, v) => ops.transpose(g, nth(v, 0), [1, 0]))).toEqual([1, 4, 2, 5, 3, 6])
  const wide = (g: Graph, v: Value[]) => ops.expand(g, nth(v, 0), nth(v, 1), [2, 2])
  expect(await result([float32([2, 1], [1, 2]), int64([2], [1, 2])], wide)).toEqual([1, 1, 2, 2])
})

test('parts: split, slice, gather, concat', async () => {
  const parts = await runGraph(device, [X], (g, v) => ops.split(g, nth(v, 0), [1, 2]))
  expect(parts).toEqual([
    [1, 4],
    [2, 3, 5, 6],
  ])
  const tail = (g: Graph, v: Value[]) =>
    ops.slice(g, nth(v, 0), 1, g.ints([1]), ops.sizeOf(g, nth(v, 0), 1), 'n')
  expect(await result([X], tail, { n: 2 })).toEqual([2, 3, 5, 6])
  expect(await result([X, int64([3], [1, 0, 1])], (g, v) => ops.gather(g, nth(v, 0), nth(v, 1), 0))).toEqual([
    4, 5, 6, 1, 2, 3, 4, 5, 6,
  ])
  expect(await result([X, X], (g, v) => ops.concat(g, v, 0, 4))).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6])
})

test('sizes and ranges that are known at run time', async () => {
  const outs = await runGraph(
    device,
    [X, int64([], [4])],
    (g, v) => [
      ops.shapeOf(g, nth(v, 0)),
      ops.sizeOf(g, nth(v, 0), 1),
      ops.range(g, nth(v, 1), 'count'),
      ops.range(g, ops.cast(g, nth(v, 1), 'int32'), 'count'),
    ],
    { sizes: { count: 4 } },
  )
  expect(outs).toEqual([[2, 3], [3], [0, 1, 2, 3], [0, 1, 2, 3]])
})

test('what is written at indices, and zeros at the end', async () => {
  const indices = int64([2, 1, 2], [0, 2, 1, 0])
  const updates = float32([2, 1], [-1, -2])
  expect(
    await result([X, indices, updates], (g, v) => ops.scatter(g, nth(v, 0), nth(v, 1), nth(v, 2))),
  ).toEqual([1, 2, -1, -2, 5, 6])
  const padded = (g: Graph, v: Value[]) => ops.padEnd(g, nth(v, 0), nth(v, 1), 'n')
  expect(await result([X, int64([1], [1])], padded, { n: 4 })).toEqual([1, 2, 3, 0, 4, 5, 6, 0])
  expect(await result([X, int64([1], [0])], padded, { n: 3 })).toEqual([1, 2, 3, 4, 5, 6])
})
