import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../../shared/statistics/random.ts'
import { type TinyCheckpoint, tinyCheckpoint } from '../../nn/testing/tiny-checkpoint.ts'
import { TINY_MODELS } from '../../nn/testing/tiny-models.ts'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import { scratchFolder } from '../../weights/testing/scratch-folder.ts'
import type { Loss } from '../loss.ts'
import type { Column, TokenTree } from '../token-tree.ts'
import { batchesOf } from './batches.ts'
import { partsOf } from './parts.ts'
import { TinyGround } from './testing/tiny-ground.ts'

const SUPERVISED: Loss = { kind: 'supervised' }
const DPO: Loss = { kind: 'dpo', beta: 0.3, supervised: 0.1 }
const POLICY: Loss = {
  kind: 'policy',
  clip: { low: 0.2, high: 0.3 },
  kl: 0.1,
  truncation: 2,
  old: 'given',
}
const COLUMNS: readonly Column[] = ['weight', 'advantage', 'old', 'reference', 'rollout']

let device: Device
let tiny: TinyCheckpoint
let ground: TinyGround
const folder = await scratchFolder()
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
  tiny = await tinyCheckpoint(TINY_MODELS.llama)
  ground = await TinyGround.open(device, tiny)
})
afterAll(async () => {
  ground.dispose()
  device.dispose()
  await tiny[Symbol.asyncDispose]()
})

/** Trees of all lengths, drawn by a seed. */
function trees(seed: number, count: number, branches: number): TokenTree[] {
  const random = seededRandom(seed)
  const tokens = (most: number) =>
    Array.from({ length: 1 + Math.floor(random() * most) }, () => 3 + Math.floor(60 * random()))
  const column = (name: Column, length: number) =>
    Float32Array.from({ length }, () => (name === 'weight' ? 0.1 + random() : 2 * random() - 3))
  return Array.from({ length: count }, () => ({
    prompt: tokens(12),
    branches: Array.from({ length: branches }, () => {
      const own = tokens(9)
      return {
        tokens: own,
        columns: Object.fromEntries(COLUMNS.map((name) => [name, column(name, own.length)])),
      }
    }),
  }))
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.hypot(...Array.from(a, (value, i) => value - (b[i] ?? Number.NaN)))

describe('a batch', () => {
  test.for<[string, Loss, number]>([
    ['supervised', SUPERVISED, 3],
    ['dpo', DPO, 2],
    ['policy', POLICY, 3],
  ])('%s: is the sum of its trees, however they are cut and put together', async ([, loss, branches]) => {
    const batch = trees(1, 7, branches)
    // The second matrices begin as zeros, where all but they have no gradient.
    const trained = async (batch_tokens: number) => {
      const trainer = await ground.trainer({ batch_tokens })
      await trainer.update(trees(2, 3, 2), SUPERVISED)
      return trainer
    }
    const whole = await trained(4096)
    const state = whole.state()
    const expected = await whole.gradient(batch, loss)
    const alone = new Float32Array(expected.length)
    for (const tree of batch) {
      for (const [i, value] of (await whole.gradient([tree], loss)).entries())
        alone[i] = (alone[i] ?? 0) + value
    }
    const size = Math.hypot(...expected)
    expect(size).toBeGreaterThan(0.01)
    expect(distance(alone, expected)).toBeLessThan(1e-5 * size)
    for (const batch_tokens of [8, 50]) {
      const cut = await trained(batch_tokens)
      cut.restore(state)
      expect(distance(await cut.gradient(batch, loss), expected)).toBeLessThan(1e-5 * size)
    }
  })

  test.for<[string, Loss]>([
    ['supervised', SUPERVISED],
    ['policy', POLICY],
  ])('%s: branches in lanes are what they are in rows without any', async ([, loss]) => {
    const batch = trees(11, 2, 70)
    const laned = (budget: number) =>
      batchesOf(partsOf(batch, budget, false), budget).map(({ shape }) => shape.lanes !== undefined)
    expect(laned(1024)).toContain(true)
    expect(laned(128)).not.toContain(true)
    const found = async (batch_tokens: number) => {
      const trainer = await ground.trainer({ batch_tokens })
      await trainer.update(trees(2, 3, 2), SUPERVISED)
      return { gradient: await trainer.gradient(batch, loss), scores: await trainer.score(batch) }
    }
    const [lanes, plain] = [await found(1024), await found(128)]
    expect(distance(lanes.gradient, plain.gradient)).toBeLessThan(1e-5 * Math.hypot(...plain.gradient))
    for (const [t, { branches }] of batch.entries()) {
      for (const b of branches.keys()) {
        const [one, other] = [lanes.scores[t]?.[b]?.logprobs, plain.scores[t]?.[b]?.logprobs]
        expect(distance(one ?? [], other ?? [])).toBeLessThan(1e-4)
      }
    }
  })

  test('scores come back to their branches', async () => {
    const batch = trees(3, 6, 3)
    const trainer = await ground.trainer({ batch_tokens: 64 })
    const scores = await trainer.score(batch)
    for (const [t, tree] of batch.entries()) {
      for (const [b, branch] of tree.branches.entries()) {
        const [[alone]] = [await trainer.score([{ prompt: tree.prompt, branches: [branch] }])]
        const found = scores[t]?.[b]
        expect(found?.logprobs).toHaveLength(branch.tokens.length)
        expect(distance(found?.logprobs ?? [], alone?.[0]?.logprobs ?? [])).toBeLessThan(1e-4)
        expect(distance(found?.entropies ?? [], alone?.[0]?.entropies ?? [])).toBeLessThan(1e-4)
      }
    }
  })
})

describe('an update', () => {
  test('is placed in its schedule by the updates that were made, or by those that were planned', async () => {
    const schedule = { schedule: { kind: 'linear' }, optimiser: { learning_rate: 0.01 } }
    const trainer = await ground.trainer(schedule, { totalUpdates: 10 })
    const rates = []
    for (const planned of [undefined, undefined, 5, 7.5]) {
      rates.push((await trainer.update(trees(1, 2, 2), SUPERVISED, planned)).learningRate)
    }
    const expected = [0.01, 0.009, 0.005, 0.0025]
    for (const [at, rate] of expected.entries()) expect(rates[at]).toBeCloseTo(rate, 12)
  })

  test('goes down, and reports what was before it', async () => {
    const batch = trees(4, 5, 2)
    const trainer = await ground.trainer({ optimiser: { learning_rate: 0.01 } })
    const before = await trainer.score(batch)
    const first = await trainer.update(batch, SUPERVISED)
    expect(first.applied).toBe(true)
    expect(distance(first.scores[0]?.[0]?.logprobs ?? [], before[0]?.[0]?.logprobs ?? [])).toBeLessThan(1e-4)
    const sum = batch.flatMap(({ branches }, t) =>
      branches.flatMap(({ columns }, b) =>
        Array.from(
          columns.weight ?? [],
          (weight, i) => -weight * (before[t]?.[b]?.logprobs[i] ?? Number.NaN),
        ),
      ),
    )
    expect(first.loss).toBeCloseTo(
      sum.reduce((total, value) => total + value, 0),
      2,
    )
    for (let i = 0; i < 5; i++) await trainer.update(batch, SUPERVISED)
    expect((await trainer.update(batch, SUPERVISED)).loss).toBeLessThan(0.8 * first.loss)
    expect(trainer.updates).toBe(7)
  })

  test('the decoder without training is what it was', async () => {
    const batch = trees(5, 2, 2)
    const trainer = await ground.trainer({ optimiser: { learning_rate: 0.01 } })
    const start = trainer.state().parameters
    const before = await trainer.score(batch)
    await trainer.update(batch, SUPERVISED)
    expect(await trainer.score(batch, null)).toEqual(before)
    expect(await trainer.score(batch, start)).toEqual(before)
    expect(await trainer.score(batch)).not.toEqual(before)
  })

  test.for([false, true])('goes on from a state to the last bit, all weights trained: %s', async (full) => {
    const settings = {
      full,
      lora: { rank: 2, alpha: 4, dropout: 0.2 },
      optimiser: { learning_rate: 0.003, weight_decay: 0.1 },
      schedule: { warmup: 3 },
    }
    const batches = [6, 7, 8, 9].map((seed) => trees(seed, 4, 2))
    const through = await ground.trainer(settings)
    for (const batch of batches) await through.update(batch, SUPERVISED)
    const stopped = await ground.trainer(settings)
    for (const batch of batches.slice(0, 2)) await stopped.update(batch, SUPERVISED)
    const resumed = await ground.trainer({ ...settings }, { seed: 1 })
    resumed.restore(structuredClone(stopped.state()))
    for (const batch of batches.slice(2)) await resumed.update(batch, SUPERVISED)
    expect(resumed.state()).toEqual(through.state())
  })

  test('what is not finite changes nothing and says where', async () => {
    const trainer = await ground.trainer()
    await trainer.update(trees(1, 2, 2), SUPERVISED)
    const state = trainer.state()
    const batch = trees(1, 2, 2)
    batch[1]?.branches[0]?.columns.weight?.fill(Number.NaN)
    const refused = trainer.update(batch, SUPERVISED)
    await expect(refused).rejects.toMatchObject({ code: 'not_finite' })
    await expect(refused).rejects.toThrow(/Branch 0 of tree 1 has a weight that is no finite number/)
    expect(trainer.state()).toEqual(state)

    trainer.restore({ ...state, parameters: state.parameters.map((value) => value * 1e30) })
    await expect(trainer.update(trees(1, 2, 2), SUPERVISED)).rejects.toThrow(
      /loss of update 2 is not a finite number \(text \d+, reply \d+, token \d+\), and nothing was updated/,
    )
    trainer.restore(state)
    batch[1]?.branches[0]?.columns.weight?.fill(1e38)
    await expect(trainer.update(batch, SUPERVISED)).rejects.toMatchObject({ code: 'not_finite' })
    expect(trainer.state()).toEqual(state)
  })

  test('16-bit gradients that overflow halve the scale and change nothing else', async () => {
    const trainer = await ground.trainer({ precision: 'float16' })
    const { lossScale, ...state } = trainer.state()
    expect(lossScale).toBe(2 ** 16)
    trainer.restore({ ...state, lossScale: 2 ** 120 })
    const report = await trainer.update(trees(1, 2, 2), SUPERVISED)
    expect(report.applied).toBe(false)
    expect(trainer.state()).toEqual({ ...state, lossScale: 2 ** 119 })
  })

  test.for<[string, TokenTree, RegExp]>([
    ['no prompt', { prompt: [], branches: [] }, /no prompt or no branch/],
    ['an unknown token', { prompt: [64], branches: [{ tokens: [1], columns: {} }] }, /has the token 64/],
    [
      'no column',
      { prompt: [1], branches: [{ tokens: [1], columns: {} }] },
      /1 tokens and no values of weight/,
    ],
    [
      'too long',
      {
        prompt: Array(60).fill(1),
        branches: [{ tokens: [1, 2, 3, 4, 5], columns: { weight: new Float32Array(5) } }],
      },
      /has 65 tokens, and the model takes 64: lower max_tokens/,
    ],
  ])('%s: refused', async ([, tree, sentence]) => {
    const trainer = await ground.trainer()
    await expect(trainer.update([tree], SUPERVISED)).rejects.toThrow(sentence)
  })
})

test('an adapter begins otherwise with another seed', async () => {
  const [one, same, other] = [1, 1, 2].map((seed) => ground.trainer({}, { seed }))
  expect((await one)?.state()).toEqual((await same)?.state())
  expect((await one)?.state()).not.toEqual((await other)?.state())
})

test('an adapter that was saved is begun with again, where the settings agree', async () => {
  const trainer = await ground.trainer({ optimiser: { learning_rate: 0.01 } })
  await trainer.update(trees(1, 3, 2), SUPERVISED)
  const adapter = join(folder, 'adapter')
  await trainer.save(adapter)
  const again = await ground.trainer({}, { adapter })
  expect(again.state().parameters).toEqual(trainer.state().parameters)
  const lora = { rank: 4, alpha: 8 }
  const refusals: [object, RegExp][] = [
    [{ ...lora, rank: 8 }, /has the rank 4: set lora\.rank to the same/],
    [{ ...lora, alpha: 9 }, /alpha \/ rank of 2: set lora\.alpha/],
    [{ ...lora, targets: ['q_proj'] }, /has matrices of k_proj: set lora\.targets/],
  ]
  for (const [other, sentence] of refusals) {
    await expect(ground.trainer({ lora: other }, { adapter })).rejects.toThrow(sentence)
  }
})
