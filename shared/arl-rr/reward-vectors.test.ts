import { describe, expect, it } from 'vitest'
import { NOTHING_SPENT } from '../judge/evidence.ts'
import { present } from '../judge/present.ts'
import { parseWith } from '../protocol/parse.ts'
import { type ArlRrExample, arlRrExample } from '../protocol/training/arl-rr.ts'
import type { RewardContext } from '../reward/method.ts'
import { failedClasses, type RewardVector } from './objectives.ts'
import { classesIn, classesOf, rewardVectors } from './reward-vectors.ts'

const has = (value: string) => ({ kind: 'contains', values: [value] })
const verified = parseWith(arlRrExample, {
  prompt: 'Say a and b.',
  verifiers: { letters: [has('a'), has('b')], length: [{ kind: 'word_count', max: 2 }] },
})
/** Past the schema, which refuses a pattern that can't run. */
const broken: ArlRrExample = {
  ...parseWith(arlRrExample, { prompt: 'Say a.', verifiers: { letters: [has('a')] } }),
}
broken.verifiers = {
  ...broken.verifiers,
  form: [{ kind: 'regex', pattern: '(', flags: '', full: false, negate: false }],
}
const rubric = parseWith(arlRrExample, {
  prompt: 'Explain.',
  rubric: {
    criteria: [
      { id: 'a', title: 'a', points: 6, tags: ['axis:accuracy'] },
      { id: 'b', title: 'b', points: 2, tags: ['axis:context'] },
      { id: 'c', title: 'c', points: -3, tags: ['axis:tone'] },
    ],
  },
})
const noJudge = { judge: () => Promise.reject(new Error('Nobody is to be asked.')) }
const shown = (vectors: RewardVector[]) =>
  vectors.map(({ classes, overall }) => ({
    ...Object.fromEntries([...classes].map(([name, { score }]) => [name, score])),
    overall: overall.score,
  }))

/** A criterion is met where the response names its id, and can't be judged where it says "?". */
function judgeByLetters(): RewardContext['judge'] & { asked: string[] } {
  const asked: string[] = []
  const judge: RewardContext['judge'] = async ({ responses }) => {
    const [response] = responses
    asked.push(response)
    const criteria = rubric.rubric?.criteria ?? []
    const evidence = {
      kind: 'pointwise' as const,
      scoring: 'explicit' as const,
      rubric: { id: 'rub_0', object: 'rubric' as const, meta_rubric: null, criteria },
      criteria: criteria.map(({ id }) => {
        const met = response.includes(`${id}?`) ? null : Number(response.includes(id))
        return { id, met, evidence: null, reason: null }
      }),
      rating: null,
      spent: NOTHING_SPENT,
      failure: null,
    }
    return present({ id: 'jdg_1', created: 0, model: 'm', evidence }, null, 'miss')
  }
  return Object.assign(judge, { asked })
}

describe('rewards by verifiers', () => {
  it('are the share of each class and of the whole that a response passes', async () => {
    const classes = classesOf([verified])
    const vectors = await rewardVectors(verified, ['a b', 'a b c', 'z', 'a b'], classes, noJudge)
    expect(shown(vectors)).toEqual([
      { letters: 1, length: 1, overall: 1 },
      { letters: 1, length: 0, overall: 2 / 3 },
      { letters: 0, length: 1, overall: 1 / 3 },
      { letters: 1, length: 1, overall: 1 },
    ])
  })

  it('mask a class that the prompt has nothing for, and fail where one could not tell', async () => {
    const classes = { ...classesOf([verified, broken]), both: ['letters', 'length'] }
    expect(Object.keys(classes)).toEqual(['letters', 'length', 'form', 'both'])
    expect(classesIn(verified, classes)).toEqual(['letters', 'length', 'both'])
    expect(classesIn(broken, classes)).toEqual(['letters', 'form', 'both'])
    const vectors = await rewardVectors(broken, ['a'], classes, noJudge)
    expect(shown(vectors)).toEqual([{ letters: 1, length: null, form: null, both: 1, overall: null }])
    expect(vectors.map(failedClasses)).toEqual([['form']])
  })
})

describe('rewards by a rubric', () => {
  const classes = classesOf([rubric])

  it('are the score of the criteria that carry a tag; equal responses are judged once', async () => {
    const judge = judgeByLetters()
    const vectors = await rewardVectors(rubric, ['a', 'b c', 'a', 'a b'], classes, { judge })
    const tone = { 'axis:tone': null }
    expect(shown(vectors)).toEqual([
      { 'axis:accuracy': 1, 'axis:context': 0, ...tone, overall: 6 / 8 },
      { 'axis:accuracy': 0, 'axis:context': 1, ...tone, overall: -1 / 8 },
      { 'axis:accuracy': 1, 'axis:context': 0, ...tone, overall: 6 / 8 },
      { 'axis:accuracy': 1, 'axis:context': 1, ...tone, overall: 1 },
    ])
    expect(judge.asked).toEqual(['a', 'b c', 'a b'])
  })

  it('mask a class without points above 0, and fail with their judgment', async () => {
    expect(classesIn(rubric, classes)).toEqual(['axis:accuracy', 'axis:context'])
    const vectors = await rewardVectors(rubric, ['a b?'], classes, { judge: judgeByLetters() })
    expect(shown(vectors)).toEqual([
      { 'axis:accuracy': 1, 'axis:context': null, 'axis:tone': null, overall: null },
    ])
    expect(vectors.map(failedClasses)).toEqual([['axis:context']])
  })
})

describe('a line of a training file', () => {
  it.each([
    [{ prompt: 'a' }, /'verifiers' or rubric is needed, and only one of them/],
    [{ prompt: 'a', verifiers: {} }, /'verifiers' must name a tag/],
    [{ prompt: 'a', verifiers: { x: [] } }, /'verifiers.x' must hold a verifier/],
    [{ prompt: 'a', rubric: { criteria: [{ id: 'a', title: 'a', points: 1 }] } }, /'rubric' has no tags/],
    [{ prompt: 'a', verifiers: { x: [{ kind: 'contain' }] } }, /'verifiers.x.0.kind' must be/],
  ])('%j is refused', (line, sentence) => {
    expect(() => parseWith(arlRrExample, line)).toThrow(sentence)
  })
})
