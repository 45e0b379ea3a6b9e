import { describe, expect, it } from 'vitest'
import type { JudgmentRequest } from '../../protocol/judgment.ts'
import type { RewardRequest } from '../../protocol/reward.ts'
import { ARM_ITEMS, armTrajectory } from '../../testing/arm-replies.ts'
import { judgePair, written } from '../../testing/judge-request.ts'
import { opinionatedModel } from '../../testing/opinionated-model.ts'
import { makeRewards } from '../rewards.ts'

type Winner = 'A' | 'B' | 'unreadable'

/** Rewards over a real judge whose model names a winner by what it is shown. */
async function rewards(
  request: Partial<RewardRequest> & { responses: string[] },
  named: (shown: { a: string; b: string; rubric: string }) => Winner,
) {
  const asked: JudgmentRequest[] = []
  const section = (text: string, label: string) =>
    new RegExp(`<${label} \\w+>\\n([\\s\\S]*?)\\n</${label}`).exec(text)?.[1] ?? ''
  const trajectory = (text: string) => {
    const rubric = section(text, 'criteria')
    const winner = named({ a: section(text, 'response_a'), b: section(text, 'response_b'), rubric })
    return winner === 'unreadable' ? 'I do not know.' : armTrajectory(rubric, winner)
  }
  const list = await makeRewards(
    { prompt: 'Say something.', ...request },
    {
      judge(one) {
        asked.push(one)
        if (one.protocol === 'pointwise') throw new Error('a pair is judged')
        return judgePair(opinionatedModel({ ...written, replies: { trajectory } }), one)
      },
    },
  )
  return { asked, data: list.data }
}

describe('reward (16): a response against an anchor, in both orders', () => {
  const request = {
    protocol: 'rubric-arm' as const,
    shaping: 'half' as const,
    responses: ['mine'],
    anchor: { response: 'anchor' },
  }
  it.each([
    ['the response wins shown first and shown second', ({ a }) => (a === 'mine' ? 'A' : 'B'), 1],
    ['the judge always says first', () => 'A', 0.5],
    ['the judge always says second', () => 'B', 0.5],
    ['the anchor wins shown first and shown second', ({ a }) => (a === 'mine' ? 'B' : 'A'), 0],
    ['the first order is null', ({ a }) => (a === 'mine' ? 'unreadable' : 'B'), null],
    ['the second order is null', ({ a }) => (a === 'mine' ? 'A' : 'unreadable'), null],
    ['both orders are null', () => 'unreadable', null],
  ] as [string, Parameters<typeof rewards>[1], number | null][])('%s', async (_name, named, reward) => {
    const { data } = await rewards(request, named)
    expect(data[0]?.reward).toBe(reward)
    expect(data[0]?.error?.code).toBe(reward === null ? 'reply_invalid' : undefined)
  })
})

describe('rubric-arm/judge', () => {
  const pair = { winner: 'second' as const }
  const request = { protocol: 'rubric-arm/judge' as const, rubric: ARM_ITEMS, pair }
  const never = () => {
    throw new Error('no judge is asked')
  }

  it('rewards being right and keeping to the form, each by 1, without a judge', async () => {
    const responses = [
      armTrajectory(ARM_ITEMS, 'B'),
      armTrajectory(ARM_ITEMS, 'A'),
      'Winner: Response B',
      'Winner: Response A',
      'who knows',
    ]
    const { data, asked } = await rewards({ ...request, responses }, never)
    expect(asked).toEqual([])
    expect(data.map(({ reward, parts }) => [reward, parts?.accuracy, parts?.format])).toEqual([
      [2, 1, 1],
      [1, 0, 1],
      [1, 1, 0],
      [0, 0, 0],
      [0, 0, 0],
    ])
    expect(data[0]).not.toHaveProperty('faults')
    expect(data[4]?.faults?.[0]).toContain('--- Compliance Check ---')
  })

  it('takes the rubric as an object too, and refuses one that it can not look up', async () => {
    const rubric = { criteria: [{ id: 'a', rule: 'principle' as const, title: 'The response is short.' }] }
    const responses = [armTrajectory('1. The response is short. [Principle]', 'B')]
    expect((await rewards({ ...request, rubric, responses }, never)).data[0]?.reward).toBe(2)
    for (const wrong of ['rub_1', '1. Is short.', undefined]) {
      const given = {
        ...request,
        responses,
        ...(wrong === undefined ? { rubric: undefined } : { rubric: wrong }),
      }
      await expect(rewards(given, never)).rejects.toMatchObject({ param: 'rubric' })
    }
    await expect(rewards({ ...request, responses, pair: undefined }, never)).rejects.toMatchObject({
      param: 'pair',
    })
    await expect(rewards({ ...request, responses, shaping: 'half' }, never)).rejects.toMatchObject({
      param: 'shaping',
    })
  })
})

describe('rubric-arm/generator', () => {
  const pair = { responses: ['short', 'long and long'] as [string, string], winner: 'first' as const }
  const request = { protocol: 'rubric-arm/generator' as const, pair }
  const short = '1. The response is short. [Hard Rule]'
  const long = '1. The response is long. [Principle]'
  /** Goes by the rubric alone, whichever is shown first. */
  const obedient = ({ a, rubric }: { a: string; rubric: string }) =>
    (a === 'short') === rubric.includes('short') ? 'A' : 'B'

  it('rewards a rubric by which the judge is right, with one call each, once for equal ones', async () => {
    const responses = [short, long, 'no rubric', short]
    const { data, asked } = await rewards({ ...request, responses }, obedient)
    expect(data.map(({ reward }) => reward)).toEqual([1, 0, 0, 1])
    expect(data[2]?.faults?.[0]).toContain("does not begin with '1.'")
    const orders = asked.map((one) => (one.protocol === 'pointwise' ? null : one.orders))
    expect(orders).toHaveLength(2)
    expect(['forward', 'backward']).toContain(orders[0])
    expect(new Set(orders).size).toBe(1)
    expect(asked.every((one) => one.votes === undefined)).toBe(true)
  })

  it('draws the order by the prompt and the pair, so that place earns a generator nothing', async () => {
    const prompts = Array.from({ length: 64 }, (_, number) => `Prompt ${number}`)
    const drawn = await Promise.all(
      prompts.map(
        async (prompt) => (await rewards({ ...request, prompt, responses: [short] }, () => 'A')).data,
      ),
    )
    const right = drawn.filter(([one]) => one?.reward === 1).length
    expect(right).toBeGreaterThan(16)
    expect(right).toBeLessThan(48)
    const again = await rewards({ ...request, prompt: 'Prompt 0', responses: [short] }, () => 'A')
    expect(again.data[0]?.reward).toBe(drawn[0]?.[0]?.reward)
  })

  it('gives no reward where the judge failed, and refuses what it can not use', async () => {
    const { data } = await rewards({ ...request, responses: [short] }, () => 'unreadable')
    expect(data[0]).toMatchObject({ reward: null, error: { code: 'reply_invalid' } })
    const same = { ...request, pair: { responses: ['a', 'a'] as [string, string], winner: 'first' as const } }
    await expect(rewards({ ...same, responses: [short] }, obedient)).rejects.toMatchObject({
      param: 'pair.responses',
    })
    await expect(rewards({ ...request, votes: 3, responses: [short] }, obedient)).rejects.toMatchObject({
      param: 'votes',
    })
    await expect(
      rewards({ protocol: 'openrs', pair, responses: ['a', 'b'] }, obedient),
    ).rejects.toMatchObject({ param: 'pair' })
  })
})
