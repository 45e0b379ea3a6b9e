import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../runtime/device.ts'
import { openDevice } from '../runtime/open-device.ts'
import { after } from './barrier.ts'
import * as ops from './ops.ts'
import { float32, runGraph } from './testing/run-graph.ts'

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

test.each(['shape', 'sum'] as const)('a value that waits by %s keeps its elements', async (barrier) => {
  const x = float32([2, 2], [1, -2, 0.5, Number.POSITIVE_INFINITY])
  const others = [float32([3], [Number.NaN, Number.NEGATIVE_INFINITY, 1]), float32([], [Number.NaN])]
  const [waited] = await runGraph(device, [x, ...others], (g, [value, ...rest]) =>
    value ? [ops.identity(g, after(g, rest, barrier)(value))] : [],
  )
  expect(waited).toEqual([1, -2, 0.5, Number.POSITIVE_INFINITY])
})
