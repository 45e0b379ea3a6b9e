import { expect, test } from 'vitest'
import { type LabelledPair, rubricArmSettings } from '../../../shared/protocol/training/rubric-arm.ts'
import { scriptedSampler } from '../testing/scripted-sampler.ts'
import { scriptedTrainer } from '../testing/scripted-trainer.ts'
import { TINY_FORM } from '../testing/tiny-form.ts'
import { alternationStep, type StepPlace } from './alternation-step.ts'
import type { Arm } from './arm.ts'
import { RubricCache } from './rubric-cache.ts'

/** One prompt, that comes up in every step; the judge is right half of the time. */
const PAIR: LabelledPair = {
  ...{ id: null, prompt: [{ role: 'user', content: 'p' }], responses: ['good', 'bad'], winner: 'first' },
  trajectory: null,
}
const role = { group_size: 4, prompts: 1, steps: 3, max_new_tokens: 9, kl: 0, inner_iterations: 1 }

async function steps(kinds: StepPlace['kind'][], reply: (role: string | null, index: number) => string) {
  const sampler = scriptedSampler(({ request, index }) => reply(request.role, index))
  const arm: Arm = {
    sampler,
    settings: rubricArmSettings.parse({ judge: role, generator: role }),
    ...{ form: TINY_FORM, secret: '' },
  }
  const [judge, generator] = [scriptedTrainer(() => -1), scriptedTrainer(() => -1)]
  const cache = new RubricCache()
  const reports = []
  for (const [step, kind] of kinds.entries()) {
    const roles = {
      judge: { trainer: judge, reference: null, planned: step },
      generator: { trainer: generator, reference: null, planned: 10 + step },
    }
    const place = { kind, pairs: [PAIR], step, seed: 1 }
    reports.push(await alternationStep(arm, roles, cache, place, new AbortController().signal))
  }
  const written = sampler.asked.filter(({ role, count }) => role === 'generator' && count === 1)
  return { reports, judge, generator, written: written.length }
}

const guess = (role: string | null, index: number) =>
  role === 'judge' ? `A yes B no winner ${'AB'[index % 2]}` : 'says blue'

test('a rubric is kept while the generator is frozen, and written anew where both are trained', async () => {
  expect((await steps(['judge', 'judge', 'judge'], guess)).written).toBe(1)
  expect((await steps(['both', 'both', 'both'], guess)).written).toBe(3)
})

test('each role is updated at its own place in the schedule, and one that learns nothing is named', async () => {
  const { reports, judge, generator } = await steps(['both', 'judge'], guess)
  expect(judge.seen.map(({ planned }) => planned)).toEqual([0, 1])
  expect(generator.seen).toEqual([])
  expect(reports.map(({ notes }) => notes)).toEqual([
    ["No group of the generator's completions differs in reward: it was not updated."],
    [],
  ])
  expect(reports[0]?.metrics).toMatchObject({ groups_used: 1, updates: 1, generator_updates: 0 })
})
