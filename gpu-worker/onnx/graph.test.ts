import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as fused from './fused.ts'
import { Graph } from './graph.ts'
import * as ops from './ops.ts'
import { Message } from './proto.ts'
import { runModel, type Tensor } from './testing/run-model.ts'
import type { Value } from './types.ts'

let weights = ''
beforeAll(async () => {
  weights = await mkdtemp(join(tmpdir(), 'plumbline-onnx-'))
})
afterAll(() => rm(weights, { recursive: true }))

const float32 = (dims: number[], data: number[]): Tensor => ({
  dtype: 'float32',
  dims,
  data: Float32Array.from(data),
})

/** Runs a graph of one input `x` and returns the output with its shape. */
async function run(
  input: Tensor,
  build: (g: Graph, x: Value) => Value,
): Promise<[readonly number[], number[]]> {
  const g = new Graph()
  const x = g.input(
    'x',
    input.dtype,
    input.dims.map((_, axis) => `d${axis}`),
  )
  g.output('y', build(g, { ...x, shape: input.dims }))
  const { y } = await runModel(g.encode(), { x: input }, weights)
  return [y?.dims ?? [], y?.data ?? []]
}

test('varints are those of the protobuf documentation', () => {
  expect([...new Message().int(1, 150).encode()]).toEqual([0x08, 0x96, 0x01])
  expect([...new Message().string(2, 'testing').encode()]).toEqual([0x12, 7, ...Buffer.from('testing')])
  expect(new Message().int(1, -1).encode()).toHaveLength(11)
  expect([...new Message().float(16, 1).encode()]).toEqual([0x85, 0x01, 0, 0, 0x80, 0x3f])
})

test('elementwise operators and constants', async () => {
  const x = float32([3], [-1, 0, 2])
  const [, squared] = await run(x, (g, v) => ops.add(g, ops.mul(g, v, v), v))
  expect(squared).toEqual([0, 0, 6])
  const [, gated] = await run(x, (g, v) => ops.sigmoid(g, v))
  expect(gated).toEqual([-1, 0, 2].map((value) => expect.closeTo(1 / (1 + Math.exp(-value)), 6)))
  const [dims, shifted] = await run(x, (g, v) => ops.sub(g, v, g.floats('c', Float32Array.of(0.5), [1])))
  expect([dims, shifted]).toEqual([[3], [-1.5, -0.5, 1.5]])
})

test('shapes that are known at run time: size, slice, gather, concat, reshape, cast', async () => {
  const x = float32([2, 3], [1, 2, 3, 4, 5, 6])
  expect(await run(x, (g, v) => ops.sizeOf(g, v, 1))).toEqual([[1], [3]])
  const tail = (g: Graph, v: Value) => ops.slice(g, v, 1, g.ints([1]), ops.sizeOf(g, v, 1), 'n')
  expect(await run(x, tail)).toEqual([
    [2, 2],
    [2, 3, 5, 6],
  ])
  expect(await run(x, (g, v) => ops.gather(g, v, g.ints([1, 0, 1]), 0))).toEqual([
    [3, 3],
    [4, 5, 6, 1, 2, 3, 4, 5, 6],
  ])
  expect(await run(x, (g, v) => ops.concat(g, [v, v], 0, 4))).toEqual([
    [4, 3],
    [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6],
  ])
  expect((await run(x, (g, v) => ops.reshape(g, v, [3, 'rest'])))[0]).toEqual([3, 2])
  expect((await run(x, (g, v) => ops.cast(g, v, 'int64')))[1]).toEqual([1, 2, 3, 4, 5, 6])
})

test('a linear layer reads its weight, row by output, from the file beside the model', async () => {
  const file = Buffer.alloc(64 + 24)
  for (const [i, value] of [1, 0, -1, 2, 2, 2].entries()) file.writeFloatLE(value, 64 + 4 * i)
  await writeFile(join(weights, 'w.bin'), file)
  const place = { location: 'w.bin', offset: 64, length: 24 }
  const product = await run(float32([1, 3], [3, 4, 5]), (g, x) =>
    fused.matmulTransposed(g, x, g.weight('w', 'float32', [2, 3], place)),
  )
  expect(product).toEqual([
    [1, 2],
    [-2, 24],
  ])
})

test('root-mean-square normalisation', async () => {
  const [, normed] = await run(float32([1, 2], [3, 4]), (g, x) =>
    fused.rmsNorm(g, x, g.floats('scale', Float32Array.of(1, 10), [2]), 0.5),
  )
  const root = Math.sqrt((9 + 16) / 2 + 0.5)
  expect(normed).toEqual([expect.closeTo(3 / root, 5), expect.closeTo(40 / root, 5)])
})

test('a run that the runtime refuses fails as an error', async () => {
  const g = new Graph()
  g.output('y', g.op('NoSuchOperator', [g.input('x', 'float32', [1])], { dtype: 'float32', shape: [1] }))
  await expect(runModel(g.encode(), {})).rejects.toThrow('NoSuchOperator')
})
