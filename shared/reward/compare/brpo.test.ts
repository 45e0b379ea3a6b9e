import { describe, expect, it } from 'vitest'
import type { JudgmentRequest } from '../../protocol/judgment.ts'
import { byNumber, judgeBy, type Opinion, rewardsBy } from '../../testing/number-judge.ts'
import { makeRewards } from '../rewards.ts'

/** Against '0': 'wins' and 'loses' in both orders, 'first' wins where it is shown first, 'ties' in both, 'half' wins one order and ties the other. */
const SCORES: Record<string, [number, number] | null> = {
  wins: [1, -1],
  loses: [-2, 1],
  first: [2, 2],
  ties: [0, 0],
  half: [1, 0],
  fails: null,
}
const opinion: Opinion = (first) => SCORES[first] ?? null
const against = (responses: string[]) => ({ responses, anchor: { response: '0' }, shaping: 'brpo' as const })

describe('brpo', () => {
  it('is 1 only where both orders agree that the response won, -1 otherwise, null where the judge failed', async () => {
    const { rewards, data } = await rewardsBy(opinion, against(Object.keys(SCORES)))
    expect(rewards).toEqual([1, -1, -1, -1, -1, null])
    expect(data[5]?.error?.code).toBe('model_timeout')
  })

  it('by option gives 0 where the orders disagree or tie, and still -1 for a sure loss', async () => {
    const { rewards } = await rewardsBy(opinion, { ...against(Object.keys(SCORES)), inconsistent: 0 })
    expect(rewards).toEqual([1, -1, 0, 0, 0, null])
  })

  it('gives the anchor and its copies 0 and judges equal responses once', async () => {
    const request = { responses: ['2', '1', '2', '3', '1'], anchor: { index: 1 }, shaping: 'brpo' as const }
    const { rewards, requests, anchor } = await rewardsBy(byNumber, request)
    expect(rewards).toEqual([1, 0, 1, 1, 0])
    expect(requests).toHaveLength(2)
    expect(anchor).toEqual({ index: 1 })
  })

  it('keeps a group up to a one-sidedness of 0.6, nulls left out', async () => {
    const kept = async (responses: string[]) => (await rewardsBy(opinion, against(responses))).group_kept
    expect(await kept(['wins', 'wins', 'wins', 'wins', 'loses'])).toBe(true)
    expect(await kept(['wins', 'wins', 'wins', 'wins', 'wins', 'loses'])).toBe(false)
    expect(await kept(['wins', 'wins', 'wins', 'wins', 'loses', 'fails'])).toBe(true)
    expect(await kept(['fails', 'fails'])).toBe(false)
    expect((await rewardsBy(byNumber, { responses: ['1', '2'] })).group_kept).toBeUndefined()
  })

  it('says of a group of equal responses that they are, and spends nothing', async () => {
    const { rewards, all_equal, requests } = await rewardsBy(byNumber, {
      responses: ['1', '1', '1'],
      shaping: 'brpo',
    })
    expect([rewards, all_equal, requests]).toEqual([[0, 0, 0], true, []])
    expect((await rewardsBy(byNumber, { responses: ['1', '2'] })).all_equal).toBeUndefined()
  })

  it('refuses what it would ignore', async () => {
    const refused = (request: object, param: string) =>
      expect(rewardsBy(byNumber, { responses: ['1', '2'], ...request })).rejects.toMatchObject({ param })
    await refused({ shaping: 'brpo', anchor: 'all' }, 'shaping')
    await refused({ shaping: 'brpo', fit: 'bradley-terry' }, 'shaping')
    await refused({ inconsistent: 0 }, 'inconsistent')
    await refused({ anchor: 'greedy' }, 'anchor')
    for (const orders of ['forward', 'backward']) await refused({ shaping: 'brpo', orders }, 'orders')
    await refused({ group_size: 3 }, 'group_size')
    expect((await rewardsBy(byNumber, { responses: ['1', '2'], group_size: 2 })).data).toHaveLength(2)
  })

  it('is null with the reason where a vote failed, though the others had a majority', async () => {
    const error = { code: 'reply_invalid' as const, message: 'Named nobody.', type: 'service' as const }
    const judge = async (one: JudgmentRequest) => {
      const judgment = judgeBy(opinion, one, 'jdg_1')
      if (judgment.protocol === 'pointwise') throw new Error('a pair is judged')
      const vote = { order: 'forward' as const, vote: 1, score: null, criteria: [], error }
      return { ...judgment, orders: [...judgment.orders, vote] }
    }
    const request = { prompt: 'Count.', ...against(['wins', 'loses', 'first']) }
    const { data, group_kept } = await makeRewards(request, { judge })
    expect(data.map(({ reward, error }) => [reward, error])).toEqual(Array(3).fill([null, error]))
    expect(group_kept).toBe(false)
    const graded = await makeRewards({ ...request, shaping: 'graded' }, { judge })
    expect(graded.data.map(({ reward }) => reward)).toEqual([0.5, -0.75, 0])
  })

  it('counts a score that is no number as a failure', async () => {
    const { rewards } = await rewardsBy(() => [Number.NaN, 1], against(['a']))
    expect(rewards).toEqual([null])
  })
})
