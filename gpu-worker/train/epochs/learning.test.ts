import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dpoSettings, type Preference } from '../../../shared/protocol/training/dpo.ts'
import { readConversation, supervisedSettings } from '../../../shared/protocol/training/supervised.ts'
import { scratchFolder } from '../../weights/testing/scratch-folder.ts'
import { openDpo } from '../dpo/dpo.ts'
import { type Ground, openGround } from '../ground.ts'
import type { StepReport, TrainingMethod } from '../method.ts'
import { openSupervised } from '../supervised/supervised.ts'
import { tinyModel } from '../testing/tiny-model.ts'

const never = new AbortController().signal
const COLOURS = { sky: 'blue', grass: 'green', coal: 'black', snow: 'white' }
const THINGS = Object.entries(COLOURS)

let ground: Ground
beforeAll(async () => {
  const folder = await scratchFolder()
  const texts = THINGS.flat().flatMap((word) => [word, `the ${word}`])
  await tinyModel(join(folder, 'model'), 1, texts)
  ground = await openGround(
    { reference: `file:${join(folder, 'model')}`, home: folder, threads: 1 },
    () => {},
    never,
  )
})
afterAll(() => ground.dispose())

const conversations = THINGS.map(([thing, colour]) =>
  readConversation({
    messages: [
      { role: 'user', content: thing },
      { role: 'assistant', content: `the ${colour}` },
    ],
  }),
)
const preferences = THINGS.map(([thing, colour], i): Preference => {
  const [, other = ''] = THINGS[(i + 1) % THINGS.length] ?? []
  return { prompt: [{ role: 'user', content: thing }], preferred: `the ${colour}`, other: `the ${other}` }
})
const FAST = { lora: { rank: 8, alpha: 16 }, optimiser: { learning_rate: 0.01 }, batch_size: 4 }

async function supervised(given: object, examples = conversations) {
  const settings = supervisedSettings.parse({ ...FAST, ...given })
  return openSupervised({
    ...{ settings, role: 'policy', writing: ground.sampler, examples, validation: conversations },
    openTrainer: (totalUpdates) => ground.openTrainer({ settings, seed: 1, totalUpdates }),
  })
}

async function dpo(given: object, examples = preferences) {
  const settings = dpoSettings.parse({ ...FAST, ...given })
  return openDpo({
    ...{ settings, role: 'policy', writing: ground.sampler, examples, validation: preferences },
    openTrainer: (totalUpdates) => ground.openTrainer({ settings, seed: 1, totalUpdates }),
  })
}

/** All that is left of a method's steps. */
async function toEnd(method: TrainingMethod): Promise<StepReport[]> {
  const reports: StepReport[] = []
  for (let report = await method.step(never); report !== null; report = await method.step(never)) {
    reports.push(report)
  }
  for (const trainer of method.roles.values()) trainer.dispose()
  return reports
}
const metric = (reports: readonly StepReport[], name: string) => reports.map(({ metrics }) => metrics[name])

describe('supervised', () => {
  test.for<[string, object, number]>([
    ['an adapter', { epochs: 30 }, 0.4],
    ['all weights', { epochs: 30, full: true, optimiser: { learning_rate: 0.003 } }, 0.1],
  ])('%s learns replies', async ([, given, level]) => {
    const reports = await toEnd((await supervised(given)).method)
    expect(reports).toHaveLength(30)
    const losses = metric(reports, 'loss')
    expect(losses[0]).toBeGreaterThan(3)
    expect(losses.at(-1)).toBeLessThan(level)
    expect(reports.at(-1)?.metrics.validation_loss).toBeLessThan(level)
    expect(reports.at(-1)?.metrics).toMatchObject({ epoch: 30, learning_rate: expect.any(Number) })
  })

  test('every epoch has each example once, the last batch what is left', async () => {
    const { method } = await supervised({ epochs: 2, batch_size: 3 })
    const reports = await toEnd(method)
    expect(method.total).toBe(3)
    expect(metric(reports, 'epoch')).toEqual([0.75, 1.5, 2])
    expect(metric(reports, 'validation_loss').map((value) => value !== undefined)).toEqual([
      false,
      true,
      true,
    ])
  })

  test('what was learnt is said by the engine that serves it', async () => {
    const { method } = await supervised({ epochs: 30 })
    for (let step = 0; step < method.total; step++) await method.step(never)
    const folder = join(await scratchFolder(), 'adapter')
    const trainer = method.roles.get('policy')
    await trainer?.save(folder)
    trainer?.dispose()
    await ground.sampler.load('learnt', folder)
    const said = await ground.sampler.sample(
      THINGS.map(([thing]) => ({
        messages: [{ role: 'user', content: thing }],
        ...{ role: 'learnt', count: 1, maxTokens: 6, temperature: 0, seed: 1 },
      })),
    )
    expect(said.flat().map(({ text }) => text)).toEqual(THINGS.map(([, colour]) => `the ${colour}`))
  })

  test('examples that are too long are left out and counted, and refused where all are', async () => {
    const long = readConversation({ messages: [{ role: 'assistant', content: 'sky '.repeat(30) }] })
    const { method, tooLong } = await supervised({ max_tokens: 20 }, [...conversations, long])
    expect(tooLong).toBe(1)
    expect(await toEnd(method)).toHaveLength(1)
    await expect(supervised({ max_tokens: 20 }, [long])).rejects.toThrow(
      /Every example is longer than max_tokens, which is 20, the shortest being \d+ tokens long: raise max_tokens/,
    )
  })
})

describe('dpo', () => {
  test('pairs whose replies are the same are left out and counted, and refused where all are', async () => {
    const same = preferences.map((one) => ({ ...one, other: one.preferred }))
    const { method, leftOut } = await dpo({ epochs: 1 }, [...preferences.slice(0, 2), ...same])
    expect(leftOut).toEqual({ tooLong: 0, equal: 4 })
    const reports = await toEnd(method)
    const { method: without } = await dpo({ epochs: 1 }, preferences.slice(0, 2))
    expect(metric(reports, 'loss')).toEqual(metric(await toEnd(without), 'loss'))
    await expect(dpo({}, same)).rejects.toThrow('Both replies are the same in every pair')
  })

  test('begins at no preference and ends at what is preferred', async () => {
    const reports = await toEnd((await dpo({ epochs: 25 })).method)
    expect(reports[0]?.metrics.loss).toBeCloseTo(Math.log(2), 5)
    expect(reports[0]?.metrics).toMatchObject({ margin: 0, accuracy: 0 })
    expect(reports.at(-1)?.metrics).toMatchObject({ accuracy: 1, validation_accuracy: 1 })
    expect(reports.at(-1)?.metrics.loss).toBeLessThan(0.2)
  })

  test('swapped replies teach the reverse', async () => {
    const swapped = preferences.map(({ prompt, preferred, other }) => ({
      prompt,
      preferred: other,
      other: preferred,
    }))
    const reports = await toEnd((await dpo({ epochs: 25 }, swapped)).method)
    expect(reports.at(-1)?.metrics).toMatchObject({ accuracy: 1, validation_accuracy: 0 })
  })

  test('with a part of supervised loss, what is preferred becomes likely too', async () => {
    const last = async (supervised: number) => {
      const reports = await toEnd((await dpo({ epochs: 15, supervised })).method)
      return Number(reports.at(-1)?.metrics.reward_chosen)
    }
    expect(await last(1)).toBeGreaterThan((await last(0)) + 0.05)
  })
})
