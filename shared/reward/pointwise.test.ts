import { describe, expect, it } from 'vitest'
import { NOTHING_SPENT } from '../judge/evidence.ts'
import { present } from '../judge/present.ts'
import type { JudgmentRequest } from '../protocol/judgment.ts'
import type { RewardRequest } from '../protocol/reward.ts'
import type { Criterion } from '../protocol/rubric.ts'
import { rangeOf } from './range.ts'
import { makeRewards } from './rewards.ts'

const criteria: Criterion[] = [
  { id: 'a', title: 'a', points: 6, tags: ['axis:accuracy'] },
  { id: 'b', title: 'b', points: 3, tags: ['axis:context'] },
  { id: 'c', title: 'c', points: -3, tags: ['axis:accuracy', 'axis:tone'] },
]

/** A judge at the border: a criterion is met where the response names its id, and can't be judged where it says "?". */
async function rewards(request: Partial<RewardRequest> & { responses: string[] }) {
  const asked: JudgmentRequest[] = []
  const judge = async (one: JudgmentRequest) => {
    const [response] = one.responses
    const evidence = {
      kind: 'pointwise' as const,
      scoring: one.protocol === 'pointwise' ? (one.scoring ?? 'explicit') : 'explicit',
      rubric: { id: 'rub_0', object: 'rubric' as const, meta_rubric: null, criteria },
      criteria: criteria.map(({ id }) => ({
        id,
        met: response.includes(`${id}?`) ? null : Number(response.includes(id)),
        evidence: null,
        reason: null,
      })),
      rating: null,
      spent: NOTHING_SPENT,
      failure: null,
    }
    return present({ id: `jdg_${asked.push(one)}`, created: 0, model: 'm', evidence }, null, 'miss')
  }
  const { data } = await makeRewards({ prompt: 'Say.', protocol: 'pointwise', ...request }, { judge })
  return { asked, data }
}

describe('rewards by meta-class', () => {
  it('are a score for each tag beside the whole, null where nothing can be reached', async () => {
    const { data } = await rewards({ responses: ['a b', 'a c', '-'] })
    expect(data.map(({ reward, classes }) => ({ reward, ...classes }))).toEqual([
      { reward: 1, 'axis:accuracy': 1, 'axis:context': 1, 'axis:tone': null },
      { reward: 1 / 3, 'axis:accuracy': 0.5, 'axis:context': 0, 'axis:tone': null },
      { reward: 0, 'axis:accuracy': 0, 'axis:context': 0, 'axis:tone': null },
    ])
  })

  it("follow the request's own classes, which no judgment is asked about", async () => {
    const classes = { right: ['axis:accuracy'], rest: ['axis:context', 'axis:tone'], none: ['axis:other'] }
    const { asked, data } = await rewards({ responses: ['a c'], classes, class_weights: { right: 1 } })
    expect(data[0]).toMatchObject({ reward: 0.5, classes: { right: 0.5, rest: -1, none: null } })
    expect(asked).toEqual([{ prompt: 'Say.', protocol: 'pointwise', responses: ['a c'] }])
  })

  it('are made one by weights, over the classes that the rubric has', async () => {
    const class_weights = { 'axis:accuracy': 1, 'axis:context': 3, 'axis:tone': 5 }
    const { data } = await rewards({ responses: ['a', 'b'], class_weights })
    expect(data.map(({ reward }) => reward)).toEqual([0.25, 0.75])
  })

  it('fail alone, with the reason', async () => {
    const { data } = await rewards({ responses: ['a b?'], class_weights: { 'axis:accuracy': 1 } })
    expect(data[0]).toMatchObject({ reward: 1, classes: { 'axis:accuracy': 1, 'axis:context': null } })
    const whole = await rewards({ responses: ['a b?'], class_weights: { 'axis:context': 1 } })
    expect(whole.data[0]).toMatchObject({ reward: null, error: { code: 'invalid_item' } })
  })

  it('have an error of their own where no class with a weight has a criterion', async () => {
    const { data } = await rewards({ responses: ['a'], class_weights: { 'axis:tone': 1 } })
    expect(data[0]).toMatchObject({ reward: null, error: { code: 'no_criteria' } })
  })

  it('are refused where nothing could make them', async () => {
    const classes = { right: ['axis:accuracy'] }
    await expect(rewards({ responses: ['a'], classes, class_weights: { wrong: 1 } })).rejects.toMatchObject({
      param: 'class_weights.wrong',
    })
    await expect(rewards({ responses: ['a'], classes, scoring: 'implicit' })).rejects.toMatchObject({
      param: 'classes',
    })
    for (const protocol of ['openrs', 'verifier'] as const) {
      await expect(rewards({ protocol, responses: ['a', 'b'], classes })).rejects.toMatchObject({
        param: 'classes',
      })
    }
  })
})

describe('the range of a single response', () => {
  const range = (request: Partial<RewardRequest>) => rangeOf({ protocol: 'pointwise', ...request })

  it('is 0..1, -1..1 for probabilities, and with points down to every fault and no merit', () => {
    expect(range({})).toEqual([0, 1])
    expect(range({ scoring: 'probability' })).toEqual([-1, 1])
    expect(range({ rubric: { criteria } })).toEqual([-3 / 9, 1])
    expect(range({ rubric: { criteria }, scoring: 'implicit' })).toEqual([0, 1])
    const class_weights = { 'axis:accuracy': 1, 'axis:context': 1, 'axis:tone': 9 }
    expect(range({ rubric: { criteria }, class_weights })).toEqual([-0.25, 1])
  })
})
