import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../protocol/error.ts'
import type { Message } from '../protocol/message.ts'
import type { Level } from '../protocol/rubric.ts'
import { chosen, judgePair, judgePoint, pair, written } from '../testing/judge-request.ts'
import { opinionatedModel } from '../testing/opinionated-model.ts'
import { recordingModel } from '../testing/recording-model.ts'

const rubricOf = (...levels: Level[]) => ({
  criteria: levels.map((level, index) => ({ id: `c${index}`, level, title: 'Is good' })),
})

const settingsOf = ({ asked }: ReturnType<typeof recordingModel>) =>
  asked.flatMap(({ options }) => ('choices' in options ? [] : [options]))

describe('votes', () => {
  it('are sampled, each with a seed of its own that both orders share; one alone is greedy', async () => {
    const [many, one] = [recordingModel(written), recordingModel(written)]
    const request = { ...pair('GOOD', 'bad'), rubric: rubricOf('core') }
    await judgePair(many, { ...request, votes: 3 })
    const greedy = await judgePair(one, { ...request, seed: 5 })
    expect(greedy.order_policy).toBe('strict')
    const seeds = settingsOf(many).map(({ seed }) => seed)
    expect(seeds).toHaveLength(6)
    expect(new Set(seeds).size).toBe(3)
    expect(settingsOf(many).every(({ temperature }) => temperature === 1)).toBe(true)
    expect(settingsOf(one).map(({ seed, temperature }) => [seed, temperature])).toEqual([
      [5, 0],
      [5, 0],
    ])
  })

  it('are one where probabilities are read, since asking again would say the same', async () => {
    const judgment = await judgePair(opinionatedModel(chosen), { ...pair('GOOD', 'bad'), votes: 3 })
    expect(judgment.orders).toHaveLength(2)
  })

  it('of single mode are asked for, whatever the model does in stages', async () => {
    const model = opinionatedModel({ instantiate: 'select', verdicts: 'choose' })
    const judgment = await judgePair(model, { ...pair('GOOD', 'bad'), mode: 'single', votes: 2 })
    expect(judgment.orders).toHaveLength(4)
  })

  it('leave no score when one pass of many fails, and show the others', async () => {
    let calls = 0
    const verdicts = (text: string) => {
      calls++
      if (calls === 4) return new PlumblineError('model_timeout', 'Too slow.', { transient: true })
      const criteria = [...text.matchAll(/^(c\d+): /gm)].map(([, id]) => id)
      return JSON.stringify({
        verdicts: criteria.map((criterion) => ({ criterion, evidence: '', reason: '', verdict: 1 })),
      })
    }
    const model = opinionatedModel({ ...written, replies: { verdicts } })
    const judgment = await judgePair(model, { ...pair('GOOD', 'bad'), votes: 3 })
    expect(judgment).toMatchObject({ winner: null, score: null, error: { code: 'model_timeout' } })
    expect(judgment.orders.length).toBeGreaterThan(0)
    expect(judgment.orders.length).toBeLessThan(6)
  })

  it('on a single response are averaged', async () => {
    let calls = 0
    const met = (text: string) => {
      const truth = calls++ % 4 === 0
      const criteria = [...text.matchAll(/^(c\d+): /gm)].map(([, id]) => id)
      return JSON.stringify({
        verdicts: criteria.map((criterion) => ({ criterion, evidence: '', reason: '', met: truth })),
      })
    }
    const judgment = await judgePoint(opinionatedModel({ ...written, replies: { met } }), 'GOOD', {
      votes: 4,
    })
    expect(judgment.criteria.map(({ met }) => met)).toEqual([0.25, 0.25, 0.25])
    expect(judgment.score).toBe(0.25)
  })
})

/** Gives the labels these probabilities by their meaning, best for A first; none is likelier without content. */
function labelling(probabilities: number[]) {
  const meanings = [
    'A is much better',
    'A is better',
    'no clear difference',
    'B is better',
    'B is much better',
  ]
  const model = opinionatedModel(chosen)
  return {
    ...model,
    choose: async (messages: Message[], labels: string[]) => {
      const text = messages.map(({ content }) => content).join('\n')
      const of = (label: string) => new RegExp(`^${label} = (.*)$`, 'm').exec(text)?.[1] ?? ''
      const weigh = (label: string) =>
        text.includes('N/A') ? 0.2 : (probabilities[meanings.indexOf(of(label))] ?? Number.NaN)
      return { probabilities: labels.map(weigh), tokens: { prompt: 1, completion: 1, cached: 0 } }
    },
  }
}

describe('a verdict read off probabilities', () => {
  it.each<[string, Level, number[], number, number]>([
    ['is their mean', 'core', [0.1, 0.4, 0.3, 0.1, 0.1], 0.3, 0.5],
    ['has the sign of their mean', 'core', [0.1, 0.1, 0.2, 0.4, 0.2], -0.5, 0.6],
    ['vetoes by a whole step', 'fatal', [0.7, 0.3, 0, 0, 0], 1, 1],
    ['does not veto by less', 'fatal', [0.1, 0.4, 0.3, 0.1, 0.1], 0, 0.3],
  ])(
    '%s, and its confidence is the probability of its sign',
    async (_name, level, odds, verdict, confidence) => {
      const judgment = await judgePair(labelling(odds), { ...pair('one', 'other'), rubric: rubricOf(level) })
      const [found] = judgment.orders[0]?.criteria ?? []
      expect(found?.verdict).toBeCloseTo(verdict, 9)
      expect(found?.confidence).toBeCloseTo(confidence, 9)
    },
  )
})

describe('what is asked', () => {
  it('leaves it to the rubric where the verifiers pass neither or both', async () => {
    const constraints = [{ kind: 'exact' as const, value: 'neither', case_sensitive: true, trim: true }]
    const judgment = await judgePair(opinionatedModel(written), { ...pair('GOOD', 'bad'), constraints })
    expect(judgment).toMatchObject({ winner: 'first', decided_by: 'rubric' })
    expect(judgment.verifiers.map(({ passed }) => passed)).toEqual([false, false])
  })

  it('has room for a verdict on each of 64 criteria', async () => {
    const model = recordingModel(written)
    const rubric = rubricOf(...Array.from({ length: 64 }, () => 'core' as const))
    const judgment = await judgePair(model, { ...pair('GOOD', 'bad'), rubric })
    expect(judgment.orders[0]?.criteria).toHaveLength(64)
    expect(settingsOf(model).every(({ maxTokens }) => (maxTokens ?? 0) >= 64 * 150)).toBe(true)
  })

  it('is counted in calls and tokens, cached ones too', async () => {
    const model = recordingModel(written)
    const cached = {
      ...model,
      generate: async (...call: Parameters<typeof model.generate>) => {
        const reply = await model.generate(...call)
        return { ...reply, tokens: { prompt: 10, completion: 3, cached: 4 } }
      },
    }
    const { usage } = await judgePair(cached, { ...pair('GOOD', 'bad'), rubric: rubricOf('core') })
    const { judge_calls, prompt_tokens, completion_tokens, cached_tokens } = usage
    expect([judge_calls, prompt_tokens, completion_tokens, cached_tokens]).toEqual([2, 20, 6, 8])
  })
})
