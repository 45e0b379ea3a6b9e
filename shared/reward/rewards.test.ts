import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RewardRequest } from '../protocol/reward.ts'
import { byNumber, rewardsBy } from '../testing/number-judge.ts'

const rewards = async (request: Partial<RewardRequest> & { responses: string[] }) => {
  const { requests, anchor, data } = await rewardsBy(byNumber, request)
  return { plan: { requests, anchor }, data }
}

const numbers = async (request: Parameters<typeof rewards>[0]) =>
  (await rewards(request)).data.map(({ reward }) => reward)

describe('openrs', () => {
  it('compares each response with a given one, graded or by half points', async () => {
    const request = { responses: ['1', '3', '2'], anchor: { response: '2' } }
    expect(await numbers(request)).toEqual([-0.5, 0.5, 0])
    expect(await numbers({ ...request, shaping: 'half' })).toEqual([0, 1, 0.5])
  })

  it('gives the anchor in the group and its copies 0', async () => {
    const { plan, data } = await rewards({ responses: ['1', '3', '1', '2'], anchor: { index: 0 } })
    expect(plan.requests).toHaveLength(2)
    expect(data.map(({ reward }) => reward)).toEqual([0, 1, 0, 0.5])
  })

  it('takes the same random anchor whatever the order of the list', async () => {
    const responses = ['1', '2', '3', '4', '5']
    const forward = await rewards({ responses })
    const backward = await rewards({ responses: responses.toReversed() })
    expect(backward.data.map(({ reward }) => reward).toReversed()).toEqual(
      forward.data.map(({ reward }) => reward),
    )
    const steps = await Promise.all(
      Array.from(
        { length: 12 },
        async (_, step) => (await rewards({ responses, run: { id: 'r', step } })).plan.anchor?.index,
      ),
    )
    expect(new Set(steps).size).toBeGreaterThan(1)
  })

  it('judges every pair once for "all" and takes the mean over the others', async () => {
    const { plan, data } = await rewards({ responses: ['0', '1', '2'], anchor: 'all' })
    expect(plan.requests).toHaveLength(3)
    expect(data.map(({ reward }) => reward)).toEqual([-0.75, 0, 0.75])
    expect(data[0]?.judgments).toHaveLength(2)
  })

  it('draws equal responses without a judgment', async () => {
    const { plan, data } = await rewards({ responses: ['1', '1', '2'], anchor: 'all', shaping: 'half' })
    expect(plan.requests).toHaveLength(1)
    expect(data.map(({ reward }) => reward)).toEqual([0.25, 0.25, 1])
  })

  it('is null with the reason for the responses whose comparison failed, and for them alone', async () => {
    const { data } = await rewards({ responses: ['1', 'broken', '2'], anchor: { response: '1' } })
    expect(data.map(({ reward }) => reward)).toEqual([0, null, 0.5])
    expect(data[1]?.error?.code).toBe('model_timeout')
  })

  it('gives no mean where one of the comparisons failed', async () => {
    const { data } = await rewards({ responses: ['1', 'broken', '2'], anchor: 'all' })
    expect(data.map(({ reward, error }) => [reward, error?.code])).toEqual(
      Array(3).fill([null, 'model_timeout']),
    )
  })

  it('refuses a response with nothing to compare it with, and an index out of the group', async () => {
    await expect(rewards({ responses: ['1'] })).rejects.toMatchObject({
      code: 'nothing_to_compare',
      status: 422,
    })
    await expect(rewards({ responses: ['1'], anchor: 'all' })).rejects.toMatchObject({
      code: 'nothing_to_compare',
    })
    await expect(rewards({ responses: ['1', '2'], anchor: { index: 2 } })).rejects.toMatchObject({
      param: 'anchor.index',
    })
  })

  it('draws everything where all are equal, without a judgment', async () => {
    for (const anchor of ['random', 'all', { index: 1 }, { response: '1' }] as const) {
      const { plan, data } = await rewards({ responses: ['1', '1', '1'], anchor })
      expect(plan.requests).toEqual([])
      expect(data).toEqual([0, 1, 2].map((index) => ({ index, reward: 0 })))
    }
  })

  it('takes an anchor that is one of several copies, or given apart and equal to a member', async () => {
    const responses = ['1', '3', '1']
    for (const anchor of [{ index: 2 }, { response: '1' }]) {
      const { plan, data } = await rewards({ responses, anchor })
      expect(plan.requests).toHaveLength(1)
      expect(plan.anchor?.index).toBe('index' in anchor ? 2 : null)
      expect(data.map(({ reward }) => reward)).toEqual([0, 1, 0])
    }
  })

  it('rewards one response against one given apart', async () => {
    expect(await numbers({ responses: ['2'], anchor: { response: '1' } })).toEqual([0.5])
    expect(await numbers({ responses: ['1'], anchor: { response: '1' } })).toEqual([0])
  })

  it('asks for each judgment what the group was asked with, and nothing of the group', async () => {
    const asked = {
      prompt: 'Count.',
      votes: 3,
      seed: 7,
      mode: 'single',
      orders: 'mean',
      min_score: 0.5,
    } as const
    const group = { anchor: { index: 0 }, shaping: 'half', run: { id: 'r', step: 1 } } as const
    const { plan } = await rewards({ ...asked, ...group, cache: 'off', responses: ['1', '2'] })
    expect(plan.requests).toEqual([{ ...asked, cache: 'off', responses: ['2', '1'] }])
  })

  it('gives opposite rewards to the two of a pair, and the group a sum of 0, for "all" graded', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 8 }),
        async (values) => {
          const data = await numbers({ responses: values.map(String), anchor: 'all' })
          expect(data.reduce((sum: number, reward) => sum + (reward ?? Number.NaN), 0)).toBeCloseTo(0, 9)
        },
      ),
    )
  })

  it('plans and settles 64 long responses against each other at once', async () => {
    const responses = Array.from({ length: 64 }, (_, at) => `${at}${' '.repeat(60_000)}`)
    const started = performance.now()
    const { plan, data } = await rewards({ responses, anchor: 'all' })
    expect(plan.requests).toHaveLength(2016)
    expect(data.every(({ judgments }) => judgments?.length === 63)).toBe(true)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('pointwise', () => {
  it('scores each response by itself, equal ones once', async () => {
    const { plan, data } = await rewards({ protocol: 'pointwise', responses: ['5', '10', '5'] })
    expect(plan.requests).toHaveLength(2)
    expect(data.map(({ reward }) => reward)).toEqual([0.5, 1, 0.5])
  })

  it('refuses what it would ignore', async () => {
    await expect(rewards({ protocol: 'pointwise', responses: ['1'], anchor: 'all' })).rejects.toMatchObject({
      param: 'anchor',
    })
  })
})

describe('verifier', () => {
  it('is the share of the constraints that pass, without a judgment', async () => {
    const constraints: RewardRequest['constraints'] = [
      { kind: 'exact', value: 'yes', case_sensitive: true, trim: true },
      { kind: 'exact', value: 'YES', case_sensitive: false, trim: true },
    ]
    const { plan, data } = await rewards({
      protocol: 'verifier',
      responses: ['yes', 'Yes', 'no'],
      constraints,
    })
    expect(plan.requests).toEqual([])
    expect(data.map(({ reward }) => reward)).toEqual([1, 0.5, 0])
  })

  it('is null, with what was found, where a verifier could not tell', async () => {
    const constraints: RewardRequest['constraints'] = [
      { kind: 'exact', value: 'yes', case_sensitive: true, trim: true },
      { kind: 'regex', pattern: '(', flags: '', full: false, negate: false },
    ]
    const { data } = await rewards({ protocol: 'verifier', responses: ['yes'], constraints })
    expect(data[0]).toMatchObject({ reward: null, error: { code: 'verifier_failed' } })
    expect(data[0]?.verifiers?.map(({ passed }) => passed)).toEqual([true, null])
  })

  it('needs constraints', async () => {
    await expect(rewards({ protocol: 'verifier', responses: ['1'] })).rejects.toMatchObject({
      param: 'constraints',
    })
  })
})
