import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Recompute } from '../../../shared/protocol/training/training.ts'
import { type TinyCheckpoint, tinyCheckpoint } from '../../nn/testing/tiny-checkpoint.ts'
import { TINY_MODELS } from '../../nn/testing/tiny-models.ts'
import { loraLayout } from '../../nn/training/parameter-layout.ts'
import type { TrainingOptions } from '../../nn/training/training-model.ts'
import type { TrainingShape } from '../../nn/training/training-ports.ts'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import type { Loss } from '../loss.ts'
import type { TokenTree } from '../token-tree.ts'
import { batchesOf } from './batches.ts'
import { partsOf } from './parts.ts'
import { SessionPool } from './session-pool.ts'
import { TinyGround } from './testing/tiny-ground.ts'

const LOSS: Loss = { kind: 'supervised' }
const BRANCHES = [
  [7, 12, 5, 9, 33],
  [44, 2, 31],
  [8, 10, 19, 4],
  [3, 3, 50, 6, 21, 9],
]
const TREES: TokenTree[] = [3, 5].map((start) => ({
  prompt: Array.from({ length: 12 }, (_, i) => start + i),
  branches: BRANCHES.map((tokens) => ({
    tokens,
    columns: { weight: new Float32Array(tokens.length).fill(1) },
  })),
}))

let device: Device
let tiny: TinyCheckpoint
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
  tiny = await tinyCheckpoint(TINY_MODELS.llama)
})
afterAll(async () => {
  device.dispose()
  await tiny[Symbol.asyncDispose]()
})

const graphOf = (shape: TrainingShape, recompute: Recompute): TrainingOptions => {
  const targets = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] as const
  const layout = loraLayout(tiny.config, { rank: 4, targets })
  return { layout, alpha: 8, dropout: 0, type: 'float32', recompute, loss: LOSS, shape }
}

/** Updated parameters: at first the gradient of half of an adapter's matrices is 0. */
async function trainedWith(recompute: Recompute | boolean, trees = TREES): Promise<Float32Array> {
  const ground = await TinyGround.open(device, tiny)
  try {
    const trainer = await ground.trainer({ recompute, optimiser: { learning_rate: 0.01 } })
    for (let i = 0; i < 3; i++) await trainer.update(trees, LOSS)
    return trainer.state().parameters
  } finally {
    ground.dispose()
  }
}

async function gradientWithin(most?: number, settings: object = {}): Promise<Float32Array> {
  const ground = await TinyGround.open(device, tiny, most)
  try {
    const trainer = await ground.trainer(settings)
    return await trainer.gradient(TREES, LOSS)
  } finally {
    ground.dispose()
  }
}

test('what does not fit is cut until it does, to the same gradient, or refused by name', async () => {
  const pool = new SessionPool(device, tiny.config, await tiny.store('float32'))
  expect(pool.most).toBe(device.memoryBytes / 2)
  const row = { rows: 1, tokens: 24, targets: 16 }
  const [one, four] = [1, 4].map((rows) => pool.bytes(graphOf({ ...row, rows, targets: 64 }, 'light')))
  expect(four).toBeGreaterThan(one ?? Number.NaN)
  const whole = await gradientWithin()
  const cut = await gradientWithin(pool.bytes(graphOf(row, 'light')))
  // Added up in another order, and so not equal to the bit as it would be if nothing had been cut.
  expect(cut).not.toEqual(whole)
  expect(distance(cut, whole)).toBeLessThan(1e-5 * Math.hypot(...whole))
  await expect(gradientWithin(2 ** 27)).rejects.toThrow(
    /^An example of up to 24 tokens takes about 0\.13 GiB to train on, and half of the memory is 0\.13 GiB: set recompute to layers, lower max_tokens/,
  )
  await expect(gradientWithin(2 ** 27, { recompute: true })).rejects.toThrow(/GiB: lower max_tokens/)
})

test('whatever is computed again, the parameters are the same to the bit', async () => {
  const kept = await trainedWith('none')
  for (const recompute of ['light', 'layers', true, false] as const) {
    expect(await trainedWith(recompute)).toEqual(kept)
  }
})

test('in lanes too', async () => {
  const trees = TREES.slice(0, 1).map(({ prompt, branches }) => ({
    prompt,
    branches: Array.from({ length: 20 }, () => branches).flat(),
  }))
  const [batch] = batchesOf(partsOf(trees, 1024, false), 1024)
  expect(batch?.shape.lanes).toBeDefined()
  const kept = await trainedWith('none', trees)
  for (const recompute of ['light', 'layers'] as const) {
    expect(await trainedWith(recompute, trees)).toEqual(kept)
  }
})

test('computing again takes less memory, by the estimate', async () => {
  const pool = new SessionPool(device, tiny.config, await tiny.store('float32'))
  const shape = { rows: 2, tokens: 512, targets: 64 }
  const [none = 0, light = 0, layers = 0] = (['none', 'light', 'layers'] as const).map(
    (recompute) => pool.bytes(graphOf(shape, recompute)) - 2 ** 27,
  )
  expect(light).toBeLessThan(0.9 * none)
  expect(layers).toBeLessThan(light)
})

const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.hypot(...Array.from(a, (value, i) => value - (b[i] ?? Number.NaN)))
