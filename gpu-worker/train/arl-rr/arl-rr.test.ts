import { expect, test } from 'vitest'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { arlRrExample, arlRrSettings } from '../../../shared/protocol/training/arl-rr.ts'
import { scratchFolder } from '../../weights/testing/scratch-folder.ts'
import type { StepReport, TrainingMethod } from '../method.ts'
import { wordPolicy } from '../testing/word-policy.ts'
import { openArlRr } from './open-arl-rr.ts'

const WORDS = ['red', 'blue', 'green', 'black', 'white', 'yellow']
/** The policy says the same whatever it is asked: each class wants a word of its own place. */
const [WARM, COLD, DARK] = ['^red ', '^\\S+ blue ', ' black$'].map((pattern) => [{ kind: 'regex', pattern }])
const PROMPTS = Array.from({ length: 20 }, (_, at) => {
  const verifiers = { warm: WARM, cold: COLD, ...(at % 2 === 1 && { dark: DARK }) }
  return parseWith(arlRrExample, { prompt: `prompt ${at}`, verifiers })
})
const noJudge = { judge: () => Promise.reject(new Error('Nobody is to be asked.')) }
const SMALL = { prompts: 4, group_size: 6, steps: 30, phase_steps: 5, kl: 0, max_new_tokens: 8, seed: 3 }

async function open(given: object = {}, examples = PROMPTS, validation: typeof PROMPTS = []) {
  const { trainer, sampler } = wordPolicy(WORDS, 3, 4)
  const settings = parseWith(arlRrSettings, { ...SMALL, ...given })
  const ground = { sampler, openTrainer: async () => trainer }
  const { method } = await openArlRr({
    ...{ ground, settings, examples, validation, rewarding: noJudge, scratch: await scratchFolder() },
  })
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
const last = (reports: StepReport[], metric: string) =>
  reports.findLast(({ metrics }) => typeof metrics[metric] === 'number')?.metrics[metric] ?? Number.NaN
const phases = (reports: StepReport[]) =>
  reports.map(({ phase }) => phase).filter((phase, at, all) => phase !== all[at - 1])
/** Without what a clock says. */
const timeless = (reports: StepReport[]) =>
  reports.map(({ seconds: _, metrics: { tokens_per_second: __, ...metrics }, ...rest }) => ({
    ...rest,
    metrics,
  }))

const SELECTORS = ['round_robin', 'headroom', 'slope', 'probe', 'ucb', 'exp3'] as const

test.each(SELECTORS)('%s: every class is learnt, one a phase', async (kind) => {
  const { method } = await open({ alternation: { selector: { kind } }, steps: 80 })
  const reports = await toEnd(method)
  expect(reports[0]?.phase).toBe('evaluation')
  expect(reports[0]?.metrics.held_out).toBeLessThan(0.4)
  expect(last(reports, 'held_out')).toBe(1)
  const trained = phases(reports).filter((phase) => !['evaluation', 'probe'].includes(phase))
  expect(new Set(trained)).toEqual(new Set(['warm', 'cold', 'dark']))
  expect(last(reports, 'budget_spent')).toBeGreaterThanOrEqual(1)
})

test.each(['scalarised', 'overall', 'normalised'] as const)(
  '%s: a baseline on the same budget',
  async (objective) => {
    const { method } = await open({ objective, steps: 80 })
    const reports = await toEnd(method)
    expect(phases(reports)).toEqual(['evaluation', objective])
    expect(reports).toHaveLength(81)
    expect(last(reports, 'held_out')).toBe(1)
  },
)

test('a phase trains on its own class alone, and on prompts that have it', async () => {
  const { method } = await open({ alternation: { first: 'dark', selector: { kind: 'round_robin' } } })
  const reports = await toEnd(method, 6)
  const [opening, ...phase] = reports
  expect(phase.every((report) => report.phase === 'dark')).toBe(true)
  for (const { samples } of phase) {
    for (const { prompt } of samples) expect(Number(prompt.split(' ')[1]) % 2, prompt).toBe(1)
  }
  const [before, after] = [opening?.metrics ?? {}, phase.at(-1)?.metrics ?? {}]
  expect(Number(after['held_out/dark'])).toBeGreaterThan(Number(before['held_out/dark']))
  expect(Object.keys(phase[0]?.metrics ?? {})).toEqual(
    expect.arrayContaining([
      'reward',
      'reward/warm',
      'contraction',
      'correlation/warm~cold',
      'zero_variance/dark',
    ]),
  )
})

test.each(['probe', 'exp3'] as const)('%s: resumed at any step, a run goes on bit for bit', async (kind) => {
  const given = { alternation: { selector: { kind } }, steps: 20 }
  const whole = await open(given)
  const expected = await toEnd(whole.method)
  for (const stop of [1, 2, 6, 7, 9]) {
    const before = await open(given)
    const made = await toEnd(before.method, stop)
    const kept = JSON.parse(JSON.stringify(before.method.state()))
    const after = await open(given)
    after.trainer.restore(before.trainer.state())
    await after.method.restore(kept)
    const rest = await toEnd(after.method)
    expect(timeless([...made, ...rest]), `after step ${stop}`).toEqual(timeless(expected))
    expect(after.trainer.state()).toEqual(whole.trainer.state())
  }
})

test('probes spend of the budget, leave the policy as it was, and begin at its place in the data', async () => {
  const of = (keep: boolean) => ({ alternation: { selector: { kind: 'probe', steps: 2, keep } }, steps: 20 })
  const { method, trainer } = await open(of(false))
  const before = trainer.state()
  const [, probed] = await toEnd(method, 2)
  expect(probed?.phase).toBe('probe')
  expect(Object.keys(probed?.metrics ?? {})).toEqual([
    'probe/warm',
    'probe/cold',
    'probe/dark',
    'budget_spent',
  ])
  expect(trainer.state()).toEqual(before)
  const heldOut = 4
  expect(probed?.metrics.budget_spent).toBeCloseTo((3 * (2 * 4 * 6 + heldOut)) / (20 * 4 * 6), 12)

  const keeping = await open(of(true))
  const [, kept] = await toEnd(keeping.method, 2)
  expect(kept?.metrics).toEqual(probed?.metrics)
  expect(keeping.trainer.updates).toBe(2)
  const [chosen] = Object.entries(kept?.metrics ?? {})
    .filter(([name]) => name.startsWith('probe/'))
    .toSorted(([, a], [, b]) => Number(b) - Number(a))
  expect(kept?.notes).toEqual([`Phase 1 trains '${chosen?.[0].slice(6)}', chosen by probe.`])
})

/** A response can't begin with both: what one class gains the other loses. */
const RIVALS = PROMPTS.map(({ prompt }) =>
  parseWith(arlRrExample, {
    prompt,
    verifiers: { warm: WARM, hot: [{ kind: 'regex', pattern: '^blue ' }] },
  }),
)

test('the floor ends a phase under which another class falls, and says so', async () => {
  const alternation = { first: 'warm', selector: { kind: 'round_robin' }, guard_rails: { floor: 0.05 } }
  const held_out = { samples: 16, temperature: 1 }
  const given = { alternation, held_out, steps: 24, phase_steps: 12, check_every: 2 }
  const reports = await toEnd((await open(given, RIVALS)).method)
  const warm = reports.findIndex(({ phase }) => phase === 'hot')
  expect(warm).toBeLessThan(12)
  expect(reports.flatMap(({ notes }) => notes ?? []).join('\n')).toMatch(
    /The phase on 'warm' ends: 'hot' fell to 0\.\d+, below its floor of 0\.\d+\./,
  )
  const free = { ...given, alternation: { ...alternation, guard_rails: { floor: null } } }
  const unchecked = await toEnd((await open(free, RIVALS)).method)
  expect(unchecked.findIndex(({ phase }) => phase === 'hot')).toBe(13)
})

test('a score that a verifier fails at is left out and counted, and a run in which all fail stops', async () => {
  const broken = { kind: 'regex' as const, pattern: '(', flags: '', full: false, negate: false }
  const half = PROMPTS.map((example, at) => {
    return at % 2 === 0 ? example : { ...example, verifiers: { ...example.verifiers, warm: [broken] } }
  })
  const { method } = await open({ alternation: { first: 'warm' }, steps: 5 }, half)
  const [, ...trained] = await toEnd(method)
  const nulls = trained.map(({ metrics }) => metrics.null_rewards)
  expect(Math.max(...nulls.map(Number))).toBeGreaterThan(0)
  expect(trained.map(({ metrics }) => metrics.failed_scores)).toEqual(nulls)
  const all = PROMPTS.map((example) => ({ ...example, verifiers: { warm: [broken] } }))
  await expect(toEnd((await open({}, all)).method)).rejects.toMatchObject({ code: 'not_scored' })
})

/** A file as it may come: all prompts of one class, then all of the next. */
const SORTED = (['warm', 'cold', 'dark'] as const).flatMap((name, of) =>
  Array.from({ length: 40 }, (_, at) =>
    parseWith(arlRrExample, {
      prompt: `prompt ${of} ${at}`,
      verifiers: { [name]: { warm: WARM, cold: COLD, dark: DARK }[name] },
    }),
  ),
)

test('the held-out and validation prompts that are answered are drawn, whatever the order of their files', async () => {
  const { method } = await open({ held_out: { share: 0.5, most: 12 } }, SORTED, SORTED)
  const [opening] = await toEnd(method, 1)
  for (const of of ['held_out', 'validation']) {
    for (const name of ['warm', 'cold', 'dark']) {
      expect(opening?.metrics[`${of}/${name}`], `${of}/${name}`).toBeTypeOf('number')
    }
  }
})

test('a class whose every score failed leaves the whole without one; a class that no prompt has does not', async () => {
  const broken = { kind: 'regex' as const, pattern: '(', flags: '', full: false, negate: false }
  const failing = PROMPTS.map((example) => ({
    ...example,
    verifiers: { ...example.verifiers, warm: [broken] },
  }))
  const [failed] = await toEnd((await open({}, PROMPTS, failing)).method, 1)
  expect(failed?.metrics).toMatchObject({ 'validation/warm': null, validation: null, validation_nulls: 20 })
  expect(failed?.metrics['validation/cold']).toBeTypeOf('number')

  const masked = PROMPTS.filter((_, at) => at % 2 === 0)
  const [left] = await toEnd((await open({}, PROMPTS, masked)).method, 1)
  expect(left?.metrics).toMatchObject({ 'validation/dark': null, validation_nulls: 0 })
  expect(left?.metrics.validation).toBeTypeOf('number')
})

test('the contraction is that of the very mean that is trained on: a class without a weight is no part of it', async () => {
  const contraction = async (class_weights: object) => {
    const { method } = await open({ objective: 'scalarised', class_weights })
    return last(await toEnd(method, 3), 'contraction')
  }
  expect(await contraction({ warm: 1 })).toBeCloseTo(1, 12)
  expect(await contraction({ warm: 1, cold: 1 })).toBeLessThan(0.95)
})

test.each([
  [{ alternation: { first: 'colour' } }, /alternation\.first names 'colour', .+ there are .*'cold'/],
  [{ classes: { warm: ['warm'], lukewarm: ['mild'] } }, /classes names 'lukewarm'/],
  [{ class_weights: { dim: 1 } }, /class_weights names 'dim'/],
  [{ max_tokens: 8, max_new_tokens: 8 }, /fit max_tokens, which is 8: raise max_tokens/],
])('%o: refused before anything runs', async (given, sentence) => {
  await expect(open(given)).rejects.toThrow(sentence)
})

test('one prompt can not be held out from itself', async () => {
  const same = PROMPTS.map((example) => ({ ...example, prompt: 'prompt' }))
  await expect(open({}, same)).rejects.toThrow('one prompt, so that none can be held out')
})
