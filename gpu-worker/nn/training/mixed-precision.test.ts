import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Recompute } from '../../../shared/protocol/training/training.ts'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import { LORA_SITES } from '../ports.ts'
import { type TinyCheckpoint, tinyCheckpoint } from '../testing/tiny-checkpoint.ts'
import { TINY_MODELS, TINY_TOKENS } from '../testing/tiny-models.ts'
import { noise } from '../testing/tiny-tensors.ts'
import { loraLayout } from './parameter-layout.ts'
import { stepOnce } from './testing/running-step.ts'
import { trainingGraph } from './training-model.ts'

/** The processor multiplies no float16 by itself: the runtime casts to float32 and back, so that what is rounded is rounded. */

const ROWS = [
  { prompt: TINY_TOKENS.slice(0, 6), branches: [TINY_TOKENS.slice(6, 12), TINY_TOKENS.slice(9, 13)] },
]
const COLUMNS = { weight: ROWS[0]?.branches.flat().map(() => 0.1) ?? [] }

let device: Device
let tiny: TinyCheckpoint
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
  tiny = await tinyCheckpoint(TINY_MODELS.qwen3)
})
afterAll(async () => {
  device.dispose()
  await tiny[Symbol.asyncDispose]()
})

async function step(
  type: 'float32' | 'float16',
  options: { lossScale?: number; recompute?: Recompute } = {},
) {
  const { lossScale, recompute = 'none' } = options
  const layout = loraLayout(tiny.config, { rank: 2, targets: LORA_SITES })
  const parameters = noise('adapter', [layout.size], 0.3)
  return stepOnce(
    device,
    tiny.config,
    await tiny.store(type),
    ROWS,
    { layout, type, loss: { kind: 'supervised' }, recompute },
    { parameters, columns: COLUMNS, ...(lossScale === undefined ? {} : { lossScale }) },
  )
}

const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
const apart = (a: readonly number[], b: readonly number[]) =>
  norm(a.map((value, i) => value - (b[i] ?? Number.NaN))) / norm(b)

test('a float16 step is near the float32 one', async () => {
  const [narrow, wide] = [await step('float16'), await step('float32')]
  expect(Math.abs(narrow.loss - wide.loss)).toBeLessThan(0.01)
  expect(apart(narrow.gradient, wide.gradient)).toBeLessThan(0.02)
})

test('its gradient is that of the loss times the scale, its loss is not scaled', async () => {
  const [scaled, plain] = [await step('float16', { lossScale: 256 }), await step('float16')]
  expect(scaled.loss).toBe(plain.loss)
  expect(
    apart(
      scaled.gradient.map((value) => value / 256),
      plain.gradient,
    ),
  ).toBeLessThan(0.01)
})

test('a scale that overflows shows in the gradient', async () => {
  const { gradient } = await step('float16', { lossScale: 2 ** 30 })
  expect(gradient.every(Number.isFinite)).toBe(false)
})

test('layers that are computed again behind a sum give the same', async () => {
  const [again, once] = [await step('float16', { recompute: 'layers' }), await step('float16')]
  expect(apart(again.gradient, once.gradient)).toBeLessThan(1e-3)
})

test.each(['float16', 'bfloat16'] as const)(
  'a %s graph keeps parameters, gradient and loss as float32',
  async (type) => {
    const layout = loraLayout(tiny.config, { rank: 2, targets: LORA_SITES })
    const shape = { rows: 1, tokens: 16, targets: 8 }
    const { g, inputs, outputs } = trainingGraph(tiny.config, await tiny.store(type), {
      ...{ layout, shape, type, loss: { kind: 'supervised' } },
    })
    const floats = [...inputs, ...outputs].filter(({ dtype }) => dtype !== 'int64')
    expect(new Set(floats.map(({ dtype }) => dtype))).toEqual(new Set(['float32']))
    const products = g.nodes.filter(({ op }) => op.endsWith('MatMul') || op === 'Gemm')
    const narrow = products.filter(({ outputs: [output] }) => output?.dtype === type)
    // What remains is the entropies' sum over the vocabulary.
    expect(products.length - narrow.length).toBe(1)
  },
)
