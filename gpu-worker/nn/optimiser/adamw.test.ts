import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { type OptimiserSettings, optimiserSettings } from '../../../shared/protocol/training/training.ts'
import { seededRandom } from '../../../shared/statistics/random.ts'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import { AdamW } from './adamw.ts'

/** Written by testing/pytorch.py: five steps of torch.optim.AdamW, from the same numbers as here. */
const row = z.array(z.number())
const pytorch = z
  .object({
    cases: z.array(
      z.object({
        weight_decay: z.number(),
        max_gradient_norm: z.number(),
        parameters: z.array(row),
        first: row,
        second: row,
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('./testing/pytorch.json', import.meta.url), 'utf8')))

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

/** The parameters after each update, and the moments at the end. */
async function run(
  settings: OptimiserSettings,
  start: Float32Array,
  gradients: readonly Float32Array[],
  options: { learningRate: number; lossScale?: number; decayed?: Float32Array },
) {
  const adamw = await AdamW.open(device, start.length, settings, options.decayed)
  const vector = (values: Float32Array) => {
    const tensor = device.allocate('float32', [start.length])
    tensor.write(values)
    return tensor
  }
  const empty = new Float32Array(start.length)
  const vectors = { parameters: vector(start), first: vector(empty), second: vector(empty) }
  const parameters: number[][] = []
  const lossScale = options.lossScale ?? 1
  for (const [updates, values] of gradients.entries()) {
    const gradient = vector(values.map((value) => value * lossScale))
    const gradientNorm = await adamw.norm(gradient)
    await adamw.update(vectors, gradient, {
      updates,
      gradientNorm,
      lossScale,
      learningRate: options.learningRate,
    })
    gradient.dispose()
    parameters.push(Array.from(vectors.parameters.read(), Number))
  }
  const moments = [vectors.first, vectors.second].map((tensor) => Array.from(tensor.read(), Number))
  for (const tensor of Object.values(vectors)) tensor.dispose()
  adamw.dispose()
  return { parameters, moments }
}

const near = (values: readonly number[], digits: number) =>
  values.map((value) => expect.closeTo(value, digits))

test.for([1, 1024])('gives what PyTorch gives, the loss scaled by %d', async (lossScale) => {
  const start = Float32Array.of(0.5, -1.25, 2, 0.01, -0.75, 3)
  const base = [0.3, -2, 0.001, 1e-6, 0, 4]
  const gradients = [1, 2, 3, 4, 5].map((t) =>
    Float32Array.from(base, (value) => value * (t % 2 ? 1 : -0.5) + 0.01 * t),
  )
  for (const { weight_decay, max_gradient_norm, parameters, first, second } of pytorch.cases) {
    const settings = optimiserSettings.parse({ weight_decay, max_gradient_norm })
    const ours = await run(settings, start, gradients, { learningRate: 0.01, lossScale })
    expect(ours.parameters).toEqual(parameters.map((step) => near(step, 5)))
    expect(ours.moments[0]).toEqual(near(first, 6))
    expect(ours.moments[1]).toEqual(near(second, 7))
  }
})

/** Algorithm 2 of arXiv 1711.05101, in float64 and element by element. */
function reference(
  { betas: [beta1, beta2], epsilon, weight_decay, max_gradient_norm }: OptimiserSettings,
  start: Float32Array,
  gradients: readonly Float32Array[],
  learningRate: number,
  decayed: Float32Array,
): number[] {
  const theta = Array.from(start)
  const m = theta.map(() => 0)
  const v = theta.map(() => 0)
  for (const [i, gradient] of gradients.entries()) {
    const norm = Math.hypot(...gradient)
    const clip = Math.min(1, max_gradient_norm / norm)
    for (const [k, raw] of gradient.entries()) {
      const g = raw * clip
      m[k] = beta1 * (m[k] ?? 0) + (1 - beta1) * g
      v[k] = beta2 * (v[k] ?? 0) + (1 - beta2) * g * g
      const corrected = (m[k] ?? 0) / (1 - beta1 ** (i + 1))
      const spread = Math.sqrt((v[k] ?? 0) / (1 - beta2 ** (i + 1))) + epsilon
      const old = theta[k] ?? 0
      theta[k] = old - learningRate * (corrected / spread + weight_decay * (decayed[k] ?? 0) * old)
    }
  }
  return theta
}

test('does what its paper says over many steps, with decay of some parameters alone', async () => {
  const random = seededRandom(3)
  const noise = (count: number) => Float32Array.from({ length: count }, () => 4 * random() - 2)
  const start = noise(500)
  const gradients = Array.from({ length: 40 }, () => noise(500))
  const decayed = Float32Array.from({ length: 500 }, (_, i) => i % 2)
  const settings = optimiserSettings.parse({ betas: [0.8, 0.95], weight_decay: 0.3, max_gradient_norm: 5 })
  const ours = await run(settings, start, gradients, { learningRate: 0.02, decayed })
  const expected = reference(settings, start, gradients, 0.02, decayed)
  const last = ours.parameters.at(-1) ?? []
  expect(Math.max(...last.map((value, k) => Math.abs(value - (expected[k] ?? Number.NaN))))).toBeLessThan(
    5e-6,
  )
})

test('the norm of a gradient shows what is not finite', async () => {
  const adamw = await AdamW.open(device, 4, optimiserSettings.parse({}))
  const gradient = device.allocate('float32', [4])
  const norm = (...values: number[]) => {
    gradient.write(Float32Array.from(values))
    return adamw.norm(gradient)
  }
  expect(await norm(1, 2, 2, 4)).toBe(5)
  expect(await norm(1, Number.NaN, 2, 4)).toBeNaN()
  expect(await norm(1, Number.NEGATIVE_INFINITY, 2, 4)).toBe(Number.POSITIVE_INFINITY)
  gradient.dispose()
  adamw.dispose()
})
