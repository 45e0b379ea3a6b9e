import { describe, expect, it } from 'vitest'
import type { LanguageModel } from '../../model/language-model.ts'
import { PlumblineError } from '../../protocol/error.ts'
import type { Criterion, RubricInput } from '../../protocol/rubric.ts'
import { chosen, judgePoint, written } from '../../testing/judge-request.ts'
import { opinionatedModel } from '../../testing/opinionated-model.ts'
import { recordingModel } from '../../testing/recording-model.ts'

const rubricOf = (count: number, of: Omit<Criterion, 'id' | 'title'>): RubricInput => ({
  criteria: Array.from({ length: count }, (_, at) => ({ id: `c${at}`, title: `Says it ${at}`, ...of })),
})
const byPoints = (count: number) => rubricOf(count, { points: 5 })
const asked = (text: string) => [...text.matchAll(/^(c\d+): /gm)].flatMap(([, id]) => id ?? [])

/** A judge that writes what `metOf` says of a criterion, in whatever type, at its n-th call about it. */
function grader(metOf: (id: string, call: number) => unknown) {
  const calls = new Map<string, number>()
  return opinionatedModel({
    ...written,
    replies: {
      met: (text) =>
        JSON.stringify({
          verdicts: asked(text).map((criterion) => {
            const call = (calls.get(criterion) ?? 0) + 1
            calls.set(criterion, call)
            return { criterion, evidence: 'a quote', reason: 'so it is', met: metOf(criterion, call) }
          }),
        }),
    },
  })
}

describe('the calls of a judge that writes', () => {
  it.each([
    ['points: one a criterion', byPoints(200), {}, 200],
    ['levels: sixteen at once', rubricOf(200, { level: 'core' }), {}, 13],
    ['categories: sixteen at once', rubricOf(17, { category: 'essential' }), {}, 2],
    ['as many as the request says', byPoints(200), { criteria_per_call: 64 }, 4],
    ['every vote asks anew', byPoints(3), { votes: 3 }, 9],
  ] as const)('%s', async (_name, rubric, fields, calls) => {
    const judgment = await judgePoint(opinionatedModel(written), 'GOOD', { rubric, ...fields })
    expect(judgment).toMatchObject({ score: 1, error: null, usage: { judge_calls: calls } })
    expect(judgment.criteria.map(({ id }) => id)).toEqual(rubric.criteria.map(({ id }) => id))
  })

  it('say everything but the criteria alike, so that a server computes it once', async () => {
    const model = recordingModel(written)
    await judgePoint(model, 'GOOD', { rubric: byPoints(3), reference: 'the truth' })
    const texts = model.asked.map(({ messages }) => messages.at(-1)?.content.split('The criteria, one')[0])
    expect(new Set(texts).size).toBe(1)
  })

  it('put a tree at its leaves', async () => {
    const leaf = (id: string, weight: number): Criterion => ({ id, title: id, weight })
    const rubric = {
      criteria: [{ ...leaf('c9', 1), criteria: [leaf('c1', 3), leaf('c2', 1)] }, leaf('c3', 1)],
    }
    const judgment = await judgePoint(
      grader((id) => id === 'c1'),
      'x',
      { rubric },
    )
    expect(judgment.criteria.map(({ id, met }) => [id, met])).toEqual([
      ['c1', 1],
      ['c2', 0],
      ['c3', 0],
    ])
    expect(judgment.score).toBe(0.375)
  })
})

describe('a reply that breaks its contract', () => {
  it.each([
    ['a word for a boolean', 'true'],
    ['a number for a boolean', 1],
    ['no boolean', null],
  ])('%s: is asked for again with other seeds, and every call counts', async (_name, wrong) => {
    const seeds: (number | undefined)[] = []
    const temperatures: (number | undefined)[] = []
    const model = grader((_, call) => (call < 3 ? wrong : true))
    const spy: LanguageModel = {
      ...model,
      generate(messages, options) {
        seeds.push(options?.seed)
        temperatures.push(options?.temperature)
        return model.generate(messages, options)
      },
    }
    const judgment = await judgePoint(spy, 'x', { rubric: byPoints(1) })
    expect(judgment).toMatchObject({ score: 1, error: null, usage: { judge_calls: 3 } })
    expect(new Set(seeds).size).toBe(3)
    expect(temperatures).toEqual([0, 1, 1])
  })

  it('costs after three tries its own criterion, with the reason, and no other', async () => {
    const rubric: RubricInput = {
      criteria: [
        { id: 'c0', title: 'a', points: 5, tags: ['clear'] },
        { id: 'c1', title: 'b', points: 5, tags: ['right'] },
        { id: 'c2', title: 'c', points: -2, tags: ['clear'] },
      ],
    }
    const judgment = await judgePoint(
      grader((id) => (id === 'c1' ? 'maybe' : id === 'c0')),
      'x',
      { rubric },
    )
    expect(judgment).toMatchObject({
      score: null,
      error: { code: 'reply_invalid' },
      usage: { judge_calls: 5 },
    })
    expect(judgment.criteria.map(({ met }) => met)).toEqual([1, null, 0])
    expect(judgment.criteria[1]?.reason).toMatch(/breaks its schema/)
    expect(judgment.classes).toEqual({ clear: 1, right: null })
  })

  it.each([
    ['prose', 'It does quite well.', 'reply_not_json'],
    [
      'an unknown criterion',
      '{"verdicts":[{"criterion":"c7","evidence":"","reason":"","met":true}]}',
      'reply_invalid',
    ],
    ['no verdict', '{"verdicts":[]}', 'reply_invalid'],
    ['NaN', '{"verdicts":[{"criterion":"c0","evidence":"","reason":"","met":NaN}]}', 'reply_invalid'],
  ])('%s: is null, never 0', async (_name, reply, code) => {
    const model = opinionatedModel({ ...written, replies: { met: () => reply } })
    const judgment = await judgePoint(model, 'x', { rubric: byPoints(1) })
    expect(judgment).toMatchObject({ score: null, error: { code }, usage: { judge_calls: 3 } })
  })

  it('is not asked for again where the model could not be reached', async () => {
    const gone = () => new PlumblineError('model_unreachable', 'Nobody there.', { transient: true })
    const model = opinionatedModel({ ...written, replies: { met: gone } })
    const judgment = await judgePoint(model, 'x', { rubric: byPoints(1) })
    expect(judgment).toMatchObject({ error: { code: 'model_unreachable' }, usage: { judge_calls: 1 } })
  })
})

describe('a judge that picks labels', () => {
  it('gives the probability that a criterion is met', async () => {
    const judgment = await judgePoint(opinionatedModel(chosen), 'GOOD', { rubric: byPoints(2) })
    expect(judgment.score).toBeGreaterThan(0.9)
    expect(judgment.score).toBeLessThan(1)
  })

  it('that answers NaN has no score', async () => {
    const choose: LanguageModel['choose'] = async (_messages, choices) => ({
      probabilities: choices.map(() => Number.NaN),
      tokens: { prompt: 1, completion: 1, cached: 0 },
    })
    const judgment = await judgePoint({ ...opinionatedModel(chosen), choose }, 'x', { rubric: byPoints(1) })
    expect(judgment).toMatchObject({ score: null, error: { code: 'choice_not_observed' } })
    expect(judgment.criteria).toMatchObject([{ id: 'c0', met: null }])
  })
})

describe('scoring', () => {
  const mixed: RubricInput = {
    criteria: [
      { id: 'c0', title: 'Is right', points: 5 },
      { id: 'c1', title: 'Is rude', points: -5 },
    ],
  }

  it('probability reads labels, of a model that writes too, and lies in -1..1', async () => {
    const model = opinionatedModel(written)
    const judgment = await judgePoint(model, 'GOOD', { rubric: byPoints(2), scoring: 'probability' })
    expect(new Set(model.calls)).toEqual(new Set(['choose']))
    const [first] = judgment.criteria
    expect(judgment.score).toBeCloseTo(2 * (first?.met ?? Number.NaN) - 1, 12)
    const bad = await judgePoint(model, 'bad', { rubric: byPoints(2), scoring: 'probability' })
    expect(bad.score).toBeLessThan(judgment.score ?? Number.NaN)
    const even = await judgePoint(model, 'GOOD', { rubric: mixed, scoring: 'probability' })
    expect(even.score).toBeCloseTo(0, 12)
  })

  it.each([
    ['written', written, 8 / 9, 1],
    ['read off ten labels', chosen, null, 4],
  ] as const)('implicit takes one rating, %s', async (_name, kind, score, calls) => {
    const model = opinionatedModel(kind)
    const good = await judgePoint(model, 'GOOD', { rubric: byPoints(200), scoring: 'implicit' })
    const bad = await judgePoint(model, 'bad', { rubric: byPoints(200), scoring: 'implicit' })
    expect(good).toMatchObject({ error: null, criteria: [], scoring: 'implicit' })
    expect(good.usage.judge_calls).toBe(calls)
    expect(good.score).toBeGreaterThan(bad.score ?? Number.NaN)
    expect(good.score).toBeCloseTo(((good.rating?.value ?? Number.NaN) - 1) / 9, 12)
    if (score !== null) expect(good.score).toBe(score)
  })

  it('implicit shows each criterion after how much it counts', async () => {
    const shownOf = async (criteria: Criterion[]) => {
      const model = recordingModel(written)
      await judgePoint(model, 'GOOD', { rubric: { criteria }, scoring: 'implicit' })
      return model.asked[0]?.messages.at(-1)?.content
    }
    expect(await shownOf(mixed.criteria)).toMatch(/\n\[\+5 points\] Is right\n\[-5 points\] Is rude\n/)
    expect(await shownOf([{ id: 'c0', title: 'Is safe', rule: 'hard_rule' }])).toMatch(
      /\n\[hard rule\] Is safe\n/,
    )
    const leaf = (id: string, weight: number): Criterion => ({ id, title: id, weight })
    const tree = [{ ...leaf('top', 1), criteria: [leaf('one', 1), leaf('two', 3)] }, leaf('rest', 1)]
    expect(await shownOf(tree)).toMatch(
      /\n\[12.5 % of the whole\] one\n\[37.5 % of the whole\] two\n\[50 % of the whole\] rest\n/,
    )
  })

  it('implicit asks again for a rating that is none', async () => {
    let calls = 0
    const rate = () => JSON.stringify({ explanation: '', rating: ++calls < 3 ? 11 : 10 })
    const judgment = await judgePoint(opinionatedModel({ ...written, replies: { rate } }), 'x', {
      rubric: mixed,
      scoring: 'implicit',
    })
    expect(judgment).toMatchObject({ score: 1, usage: { judge_calls: 3 } })
  })

  it('is null without points above 0, its verdicts kept', async () => {
    const rubric = rubricOf(2, { points: -3, tags: ['harm'] })
    const judgment = await judgePoint(opinionatedModel(written), 'GOOD', { rubric })
    expect(judgment).toMatchObject({
      score: null,
      classes: { harm: null },
      error: { code: 'no_positive_points' },
    })
    expect(judgment.criteria.map(({ met }) => met)).toEqual([1, 1])
  })
})
