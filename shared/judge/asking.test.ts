import { describe, expect, it } from 'vitest'
import type { LanguageModel } from '../model/language-model.ts'
import { chosen, judgePair, pair, written } from '../testing/judge-request.ts'
import { opinionatedModel } from '../testing/opinionated-model.ts'
import { type Asked, recordingModel } from '../testing/recording-model.ts'

const rubric = {
  criteria: ['Is right', 'Is clear', 'Is kind'].map((title, index) => ({
    id: `c${index}`,
    level: 'core' as const,
    title,
  })),
}
const PER_CRITERION = 2 * 2
const PRIORS_PER_CRITERION = 2

/** A model that lets questions gather until no more come, answers them together and notes how many they were. */
function patient(kind: Pick<LanguageModel, 'instantiate' | 'verdicts'>, concurrency?: number) {
  const waves: number[] = []
  const waiting: (() => void)[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const answerAll = () => {
    waves.push(waiting.length)
    for (const answer of waiting.splice(0)) answer()
  }
  const wait = () =>
    new Promise<void>((answer) => {
      waiting.push(answer)
      clearTimeout(timer)
      timer = setTimeout(answerAll, 20)
    })
  const model = opinionatedModel(kind)
  const patient: LanguageModel = {
    ...model,
    ...(concurrency === undefined ? {} : { concurrency }),
    generate: (...call) => wait().then(() => model.generate(...call)),
    choose: (...call) => wait().then(() => model.choose(...call)),
  }
  return { ...patient, waves }
}

describe('the questions of a judgment', () => {
  it('are all put at once to a model without a limit: clauses, then verdicts of both orders, with their priors', async () => {
    const model = patient(chosen, Number.POSITIVE_INFINITY)
    const { usage, rubric: selected } = await judgePair(model, pair('GOOD', 'bad'))
    expect(model.waves).toHaveLength(2)
    const verdicts = (selected?.criteria.length ?? 0) * (PER_CRITERION + PRIORS_PER_CRITERION)
    expect(model.waves[1]).toBe(verdicts)
    expect(usage.judge_calls).toBe((model.waves[0] ?? 0) + verdicts)
  })

  it('are put as many at a time as the model has places', async () => {
    for (const [places, most] of [
      [undefined, 6],
      [3, 3],
    ] as const) {
      const model = patient(chosen, places)
      await judgePair(model, { ...pair('GOOD', 'bad'), rubric })
      expect(Math.max(...model.waves)).toBe(most)
    }
  })

  it('take every vote of both orders at once', async () => {
    const model = patient(written, Number.POSITIVE_INFINITY)
    await judgePair(model, { ...pair('GOOD', 'bad'), rubric, votes: 3 })
    expect(model.waves).toEqual([6])
  })

  it('are put once where two are the same, whatever the votes', async () => {
    const model = recordingModel(chosen)
    const twice = {
      criteria: [...rubric.criteria, { id: 'again', level: 'core' as const, title: 'Is kind' }],
    }
    const judgment = await judgePair(model, { ...pair('GOOD', 'bad'), rubric: twice, votes: 5 })
    expect(model.asked).toHaveLength(3 * (PER_CRITERION + PRIORS_PER_CRITERION))
    expect(judgment.usage.judge_calls).toBe(model.asked.length)
    const [, , third, fourth] = judgment.orders[0]?.criteria ?? []
    expect(fourth).toEqual({ ...third, id: 'again' })
  })
})

/** What two questions begin with alike, of the user's message. */
function shared(questions: Asked[]): string {
  const [first = '', ...rest] = questions.map(({ messages }) => messages.at(-1)?.content ?? '')
  return rest.reduce((prefix, text) => {
    let length = 0
    while (length < prefix.length && prefix[length] === text[length]) length++
    return prefix.slice(0, length)
  }, first)
}

const about = (asked: Asked[], ...parts: string[]) =>
  asked.filter(({ messages }) => parts.every((part) => messages.at(-1)?.content.includes(part)))
const first = (response: string) => new RegExp(`<response_a \\w+>\n${response}\n`)
const shownFirst = (asked: Asked[], response: string) =>
  asked.filter(({ messages }) => first(response).test(messages.at(-1)?.content ?? ''))

describe('the text of a judgment', () => {
  const request = { ...pair('GOOD one', 'a bad one'), reference: 'the truth' }

  it.each([
    ['selected clauses and read verdicts', chosen],
    ['written rubrics and verdicts', written],
  ] as const)('begins with what all questions share: %s', async (_name, kind) => {
    const model = recordingModel(kind)
    await judgePair(model, request)
    const all = about(model.asked, 'GOOD one', 'the truth')
    expect(all.length).toBeGreaterThan(2)
    expect(shared(all)).toContain('the truth')
    const both = shared(shownFirst(all, 'GOOD one'))
    expect(both).toContain('GOOD one')
    expect(both).toContain('a bad one')
  })

  it('puts the labels before the criterion, so that a criterion is all that sets a question apart', async () => {
    const model = recordingModel(chosen)
    await judgePair(model, { ...request, rubric })
    const questions = about(shownFirst(model.asked, 'GOOD one'), '1 = A is much better')
    expect(questions).toHaveLength(rubric.criteria.length)
    expect(shared(questions)).toMatch(/5 = B is much better\n\nCriterion: Is $/)
  })

  it('shares an anchor that is shown first over a group', async () => {
    const group = recordingModel(chosen)
    for (const response of ['one', 'two', 'three']) {
      await judgePair(group, { ...pair(response, 'the anchor'), reference: 'the truth', rubric })
    }
    const begun = shared(shownFirst(group.asked, 'the anchor'))
    expect(begun).toContain('the truth')
    expect(begun).toContain('the anchor')
  })

  it('has the meta-rubric, which all prompts share, before the prompt', async () => {
    const single = recordingModel(written)
    for (const prompt of ['Say this.', 'Say that.'])
      await judgePair(single, { ...request, prompt, mode: 'single' })
    expect(shared(single.asked)).toContain('Clauses to draw on')
  })
})
