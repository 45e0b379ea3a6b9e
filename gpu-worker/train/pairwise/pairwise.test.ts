import { describe, expect, test } from 'vitest'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { pairwiseSettings, readPairwiseExample } from '../../../shared/protocol/training/pairwise.ts'
import { judgeBy, type Opinion } from '../../../shared/testing/number-judge.ts'
import { scratchFolder } from '../../weights/testing/scratch-folder.ts'
import type { StepReport, TrainingMethod } from '../method.ts'
import { wordPolicy } from '../testing/word-policy.ts'
import { openPairwise } from './open-pairwise.ts'

const WORDS = ['red', 'blue', 'green', 'broken']
const count = (text: string, word: string) => text.split(' ').filter((one) => one === word).length
/** More red is better; two that begin with 'broken' break the judge. */
const byRed: Opinion = (first, second) => {
  if (first.startsWith('broken') && second.startsWith('broken')) return null
  const score = Math.max(-2, Math.min(2, count(first, 'red') - count(second, 'red')))
  return [score, score === 0 ? 0 : -score]
}
/** Beginning with red is all that counts. */
const byFirst: Opinion = (first, second) => {
  const score = Number(first.startsWith('red')) - Number(second.startsWith('red'))
  return [score, score === 0 ? 0 : -score]
}
/** Whoever is shown first. */
const byPlace: Opinion = () => [2, 2]
const SMALL = { prompts: 3, group_size: 8, steps: 40, kl: 0, max_new_tokens: 8, seed: 3 }
const GREEN = [{ kind: 'contains', values: ['green'] }]

async function open(opinion: Opinion, given: object = {}, constraints?: object[]) {
  const words = opinion === byRed ? WORDS : WORDS.slice(0, 3)
  const { trainer, sampler } = wordPolicy(words, 3, 4)
  const settings = parseWith(pairwiseSettings, { ...SMALL, ...given })
  const examples = Array.from({ length: 6 }, (_, at) =>
    readPairwiseExample({ prompt: `prompt ${at}`, ...(constraints && { constraints }) }),
  )
  const rewarding = {
    judge: async (request: Parameters<typeof judgeBy>[1]) => judgeBy(opinion, request, 'jdg_1'),
  }
  const ground = { sampler, openTrainer: async () => trainer }
  const scratch = await scratchFolder()
  const { method } = await openPairwise({ ground, settings, examples, rewarding, scratch })
  return { method, trainer }
}

async function toEnd(method: TrainingMethod, most = Number.POSITIVE_INFINITY): Promise<StepReport[]> {
  const reports: StepReport[] = []
  while (reports.length < most) {
    const report = await method.step(new AbortController().signal)
    if (report === null) break
    reports.push(report)
  }
  return reports
}
/** The mean of what completions of the last steps say. */
function reds(reports: StepReport[], word = 'red'): number {
  const texts = reports.slice(-5).flatMap(({ samples }) => samples.map(({ text }) => text))
  return texts.reduce((sum, text) => sum + count(text, word), 0) / texts.length
}

describe('a policy learns what a judge prefers', () => {
  test.each([
    ['brpo', {}],
    ['graded', {}],
    ['graded', { anchor: 'all' }],
    ['net', { anchor: 'circular' }],
  ])('by %s rewards, %o', async (shaping, given) => {
    const { method } = await open(byRed, { shaping, ...given })
    const reports = await toEnd(method)
    expect(reds(reports.slice(0, 5))).toBeLessThan(1.5)
    expect(reds(reports)).toBeGreaterThan(2)
    const [first] = reports
    expect(first?.metrics.entropy).toBeGreaterThan(Number(reports.at(-1)?.metrics.entropy))
    const failed = (name: string) => Math.max(...reports.map(({ metrics }) => Number(metrics[name])))
    expect(failed('failed_comparisons')).toBeGreaterThan(0)
    expect(failed('null_rewards')).toBeGreaterThan(0)
  })

  test('and where it can no longer tell, the Same ratio says so', async () => {
    const reports = await toEnd((await open(byFirst, { shaping: 'graded' })).method)
    expect(Number(reports[0]?.metrics.same_ratio)).toBeLessThan(0.7)
    expect(Number(reports.at(-1)?.metrics.same_ratio)).toBeGreaterThan(0.8)
  })

  test('but nothing of a judge that goes by the place', async () => {
    const { method, trainer } = await open(byPlace, { shaping: 'graded', steps: 5 })
    const reports = await toEnd(method)
    expect(reports.every(({ metrics }) => metrics.same_ratio === 1 && metrics.reward === 0)).toBe(true)
    expect(trainer.updates).toBe(0)
  })
})

describe('BRPO', () => {
  test('drops groups that nearly all won or lost', async () => {
    const reports = await toEnd((await open(byRed, { steps: 30 })).method)
    const dropped = reports.map(({ metrics }) => Number(metrics.groups_decided))
    expect(Math.max(...dropped)).toBeGreaterThan(0)
    expect(Math.min(...dropped)).toBeLessThan(1)
  })

  test('takes another anchor in each step, and the same one again for the same step', async () => {
    const rewards = async () =>
      (await toEnd((await open(byRed)).method, 3)).map(({ samples }) => samples.map(({ reward }) => reward))
    expect(await rewards()).toEqual(await rewards())
  })
})

describe('verifiers beside the judge', () => {
  test('as a guard make who fails lose without a judgment', async () => {
    const guarded = await open(byRed, { verifiers: { as: 'guard' } }, GREEN)
    const reports = await toEnd(guarded.method)
    expect(reds(reports, 'green')).toBeGreaterThan(0.8)
    expect(Number(reports.at(-1)?.metrics.passed)).toBeGreaterThan(0.8)
    const [first] = await toEnd((await open(byRed)).method, 1)
    expect(reports[0]?.metrics.comparisons).toBeLessThan(Number(first?.metrics.comparisons))
  })

  test.each(['brpo', 'graded'])('added to %s rewards pull the policy their way', async (shaping) => {
    const verifiers = { as: 'add', weight: 3 }
    const added = await toEnd((await open(byRed, { shaping, verifiers }, GREEN)).method)
    const without = await toEnd(
      (await open(byRed, { shaping, verifiers: { as: 'add', weight: 0 } }, GREEN)).method,
    )
    const passed = (reports: StepReport[]) => Number(reports.at(-1)?.metrics.passed)
    expect(passed(added)).toBeGreaterThan(0.8)
    expect(passed(without)).toBeLessThan(0.6)
  })
})

test('advantages that the settings name are taken whether an example has constraints or not', async () => {
  const given = { verifiers: { as: 'add', weight: 0 }, steps: 3 }
  const after = async (advantages: string | null, constraints?: object[]) => {
    const { method, trainer } = await open(byFirst, { ...given, advantages }, constraints)
    await toEnd(method)
    return trainer.state().parameters
  }
  // What adds nothing changes nothing.
  expect(await after('grpo', GREEN)).toEqual(await after('grpo'))
  expect(await after('grpo')).not.toEqual(await after(null))
})

test('resumed at any step, a run goes on bit for bit', async () => {
  const given = { steps: 6 }
  const whole = await open(byRed, given)
  await toEnd(whole.method)
  for (const stop of [1, 3]) {
    const before = await open(byRed, given)
    await toEnd(before.method, stop)
    const after = await open(byRed, given)
    after.trainer.restore(before.trainer.state())
    await after.method.restore(JSON.parse(JSON.stringify(before.method.state())))
    await toEnd(after.method)
    expect(after.trainer.state()).toEqual(whole.trainer.state())
  }
})

test('a judge that always fails stops the run and says why', async () => {
  const { method } = await open(() => null)
  await expect(toEnd(method)).rejects.toMatchObject({
    code: 'not_scored',
    message: 'All comparisons of completions failed. Too slow.',
  })
})

test.each([
  [{ anchor: 'all' }, /'anchor' has to be random with shaping brpo/],
  [{ judge: { model: 'large' } }, /'judge.model' is a model entry of a service/],
  [{ orders: 'forward' }, /'orders' must be one of "strict", "mean", "compat"/],
])('%o: refused', (given, sentence) => {
  expect(() => parseWith(pairwiseSettings, given)).toThrow(sentence)
})
