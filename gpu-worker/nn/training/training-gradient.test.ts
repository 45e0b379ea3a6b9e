import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import type { WeightStore } from '../../weights/store/weight-store.ts'
import { LORA_SITES } from '../ports.ts'
import { type TinyCheckpoint, tinyCheckpoint } from '../testing/tiny-checkpoint.ts'
import { TINY_MODELS, TINY_NAMES, TINY_TOKENS } from '../testing/tiny-models.ts'
import { noise } from '../testing/tiny-tensors.ts'
import { weightPlan } from '../weight-plan.ts'
import { storedParameters } from './initial-parameters.ts'
import { fullLayout, loraLayout, type ParameterLayout } from './parameter-layout.ts'
import { RunningStep } from './testing/running-step.ts'

const ROWS = [
  { prompt: TINY_TOKENS.slice(0, 7), branches: [TINY_TOKENS.slice(7, 13), [44, 2, 31]] },
  { prompt: TINY_TOKENS.slice(3, 5), branches: [TINY_TOKENS.slice(9, 14)] },
]
/** The first row's branches lie in a lane each. */
const SHAPE = { rows: 2, tokens: 7 + 2 * 6, lanes: { count: 2, tokens: 6 }, targets: 14 }
const WEIGHTS = ROWS.flatMap(({ branches }) => branches.flat()).map((_, i) => Math.sin(3 * i + 1))
const STEP = 1e-5
/** Of gemma's seven layers one that looks back a window and one that doesn't, and the last. */
const SKIPPED = /\b(?:layers|blk)\.[1-4]\./

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

describe.each(TINY_NAMES)('%s', (name) => {
  let tiny: TinyCheckpoint
  let store: WeightStore
  beforeAll(async () => {
    tiny = await tinyCheckpoint(TINY_MODELS[name])
    store = await tiny.store('float32')
  })
  afterAll(() => tiny[Symbol.asyncDispose]())

  /** Along one direction in every tensor: an error in any of them shows. */
  const check = async (layout: ParameterLayout, parameters: Float32Array) => {
    const step = await RunningStep.open(device, tiny.config, store, {
      ...{ layout, shape: SHAPE, loss: { kind: 'supervised' }, alpha: 3, type: 'float64', chunk: 4 },
    })
    const lossAt = async (values: ArrayLike<number>) =>
      (await step.run(ROWS, { parameters: values, columns: { weight: WEIGHTS } })).loss
    const { gradient } = await step.run(ROWS, { parameters, columns: { weight: WEIGHTS } })
    for (const { name: entry, shape, offset } of layout.entries.filter(({ name }) => !SKIPPED.test(name))) {
      const size = shape.reduce((product, dim) => product * dim, 1)
      const direction = noise(entry, shape, 1)
      const moved = (by: number) =>
        Float64Array.from(parameters, (value, i) =>
          i >= offset && i < offset + size ? value + by * (direction[i - offset] ?? 0) : value,
        )
      const slope = ((await lossAt(moved(STEP))) - (await lossAt(moved(-STEP)))) / (2 * STEP)
      const expected = direction.reduce((sum, part, i) => sum + part * (gradient[offset + i] ?? 0), 0)
      expect(Math.abs(slope - expected) / Math.max(1e-2, Math.abs(expected)), entry).toBeLessThan(1e-5)
    }
    step.dispose()
  }

  test('the gradient of an adapter is the slope of the loss', async () => {
    const layout = loraLayout(tiny.config, { rank: 2, targets: LORA_SITES })
    await check(layout, noise('adapter', [layout.size], 0.3))
  })

  test('the gradient of all weights is the slope of the loss', async () => {
    const layout = fullLayout(tiny.config, weightPlan(tiny.config, tiny.checkpoint))
    await check(layout, await storedParameters(layout, store))
  })
})
