import { afterAll, beforeAll, expect, test } from 'vitest'
import { gradients } from '../../onnx/gradients/gradients.ts'
import { float32, int64, runGraph } from '../../onnx/testing/run-graph.ts'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import { dropout } from './dropout.ts'
import { LORA_GROUPS, type LoraGroup } from './parameter-layout.ts'

const ROWS = 96
const COLUMNS = 80
const [FIRST, SECOND] = LORA_GROUPS

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

type Draw = { seed?: number; layer?: number; group?: LoraGroup; rate?: number }

/** What is left of a matrix of ones, and the gradient of its sum times three. */
async function draw({ seed = 7, layer = 0, group = FIRST, rate = 0.25 }: Draw = {}) {
  const ones = float32([ROWS, COLUMNS], Array(ROWS * COLUMNS).fill(1))
  const [mask = [], gradient = []] = await runGraph(device, [ones, int64([], [seed])], (g, [x, seeds]) => {
    if (!x || !seeds) return []
    const left = dropout(g, rate, seeds)(x, layer, group)
    const three = g.floats('threes', new Float32Array(ROWS * COLUMNS).fill(3), [ROWS, COLUMNS])
    return [left, ...gradients(g, [{ value: left, cotangent: three }], [x])]
  })
  return { mask, gradient }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
/** Of two masks of the same rate; about 1 / sqrt(elements) = 0.011 where they have nothing to do with each other. */
const correlation = (a: readonly number[], b: readonly number[]) => {
  const [p, q] = [mean(a), mean(b)]
  return mean(a.map((value, i) => (value - p) * ((b[i] ?? 0) - q))) / Math.sqrt(p * (1 - p) * q * (1 - q))
}
const shifted = (mask: readonly number[], by: number) => [...mask.slice(by), ...mask.slice(0, by)]

test.each([0.05, 0.25, 0.5])(
  'leaves out a share of %d, and no gradient flows back through it',
  async (rate) => {
    const { mask, gradient } = await draw({ rate })
    expect(new Set(mask)).toEqual(new Set([0, 1]))
    expect(mean(mask)).toBeCloseTo(1 - rate, 1.5)
    expect(gradient).toEqual(mask.map((value) => 3 * value))
  },
)

test('the same seed draws the same again', async () => {
  expect((await draw()).mask).toEqual((await draw()).mask)
})

test('seeds, layers, groups, rows and columns have nothing to do with each other', async () => {
  const { mask } = await draw()
  const others = await Promise.all([
    draw({ seed: 8 }),
    draw({ seed: 2 ** 31 - 1 }),
    draw({ layer: 1 }),
    draw({ group: SECOND }),
  ])
  for (const other of others) expect(Math.abs(correlation(mask, other.mask))).toBeLessThan(0.05)
  for (const by of [1, 2, COLUMNS, 2 * COLUMNS, COLUMNS + 1]) {
    expect(Math.abs(correlation(mask, shifted(mask, by)))).toBeLessThan(0.05)
  }
})
