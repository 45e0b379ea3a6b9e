import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../runtime/device.ts'
import { openDevice } from '../runtime/open-device.ts'
import { Graph } from './graph.ts'
import * as ops from './ops.ts'
import { Message } from './proto.ts'
import { float32, runGraph } from './testing/run-graph.ts'

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

test('varints are those of the protobuf documentation', () => {
  expect([...new Message().int(1, 150).encode()]).toEqual([0x08, 0x96, 0x01])
  expect([...new Message().string(2, 'testing').encode()]).toEqual([0x12, 7, ...Buffer.from('testing')])
  expect(new Message().int(1, -1).encode()).toHaveLength(11)
  expect([...new Message().float(16, 1).encode()]).toEqual([0x85, 0x01, 0, 0, 0x80, 0x3f])
})

test('a constant is read from the file beside the model, once however often it is asked for', async () => {
  const bytes = Buffer.alloc(64 + 12)
  for (const [i, value] of [1, 0, -1].entries()) bytes.writeFloatLE(value, 64 + 4 * i)
  const place = { location: 'w.bin', offset: 64, length: 12 }
  const initializers = [{ name: 'w', dtype: 'float32', dims: [3], offset: 64 } as const]
  const sum = await runGraph(
    device,
    [float32([3], [3, 4, 5])],
    (g, values) => {
      const twice = [g.weight('w', 'float32', [3], place), g.weight('w', 'float32', [3], place)]
      return [[...values, ...twice].reduce((a, b) => ops.add(g, a, b))]
    },
    { weights: { bytes, initializers } },
  )
  expect(sum).toEqual([[5, 4, 3]])
})

test('an output keeps its name where other nodes read it too', async () => {
  const outs = await runGraph(device, [float32([2], [1, 2])], (g, [x]) => {
    if (!x) return []
    const double = ops.add(g, x, x)
    return [double, ops.mul(g, double, double)]
  })
  expect(outs).toEqual([
    [2, 4],
    [4, 16],
  ])
})

test('an output is computed by a node, and is one output', () => {
  const g = new Graph()
  const x = g.input('x', 'float32', [1])
  expect(() => g.output('y', x)).toThrow("x is computed by no node, so it can't be the output y")
  const y = ops.add(g, x, x)
  g.output('y', y)
  expect(() => g.output('z', y)).toThrow('is already an output')
})

test('a model that the runtime refuses fails as an error', async () => {
  const run = runGraph(device, [float32([1], [1])], (g, values) => [
    g.op('NoSuchOperator', values, { dtype: 'float32', shape: [1] }),
  ])
  await expect(run).rejects.toThrow('NoSuchOperator')
})
