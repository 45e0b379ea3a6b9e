import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RewardRequest } from '../../../protocol/reward.ts'
import { byNumber, type Opinion, rewardsBy } from '../../../testing/number-judge.ts'

const AMONG = ['all', 'circular', 'swiss', 'knockout', 'active'] as const
const numbers = (count: number) => Array.from({ length: count }, (_, value) => String(value))
/** A judge of positions and moods, the same for every call: what a small model is like. */
const moody: Opinion = (first, second) => {
  const mood = (text: string) => ((Number(text) * 7919) % 13) / 6 - 1
  return [mood(first) - mood(second) + 0.5, mood(second) - mood(first) + 0.5]
}

describe('what it costs', () => {
  it.each([
    ['all', [1, 6, 28, 120]],
    ['circular', [1, 4, 8, 16]],
    ['swiss', [1, 4, 12, 32]],
    ['knockout', [1, 3, 7, 15]],
    ['active', [1, 6, 16, 32]],
  ] as const)('%s: groups of 2, 4, 8 and 16', async (anchor, expected) => {
    const spent = await Promise.all(
      [2, 4, 8, 16].map(
        async (count) => (await rewardsBy(byNumber, { responses: numbers(count), anchor })).requests.length,
      ),
    )
    expect(spent).toEqual(expected)
  })

  it('never judges a pair twice', async () => {
    for (const anchor of AMONG) {
      const { requests } = await rewardsBy(moody, { responses: numbers(11), anchor })
      const pairs = requests.map(({ responses }) => responses.toSorted().join())
      expect(new Set(pairs).size, anchor).toBe(pairs.length)
    }
  })

  it('is nothing for a group of equal responses, each of which draws', async () => {
    for (const anchor of AMONG) {
      const { requests, rewards, all_equal } = await rewardsBy(byNumber, {
        responses: ['1', '1'],
        anchor,
        shaping: 'half',
      })
      expect([requests, rewards, all_equal]).toEqual([[], [0.5, 0.5], true])
    }
  })
})

describe('whom it prefers', () => {
  it('the best of a group, wherever all are ranked', async () => {
    for (const anchor of ['all', 'swiss', 'knockout', 'active'] as const) {
      const { rewards } = await rewardsBy(byNumber, { responses: numbers(9), anchor })
      expect(rewards.indexOf(Math.max(...rewards.map(Number))), anchor).toBe(8)
    }
  })

  it('net over all pairs is (wins - losses) / (N - 1)', async () => {
    const { rewards } = await rewardsBy(byNumber, {
      responses: ['1', '3', '3', '2'],
      anchor: 'all',
      shaping: 'net',
    })
    expect(rewards).toEqual([-1, 2 / 3, 2 / 3, -1 / 3])
  })

  it('circular takes the mean over both neighbours', async () => {
    const { rewards, data } = await rewardsBy(byNumber, { responses: numbers(5), anchor: 'circular' })
    expect(data.map(({ judgments }) => judgments?.length)).toEqual([2, 2, 2, 2, 2])
    expect(rewards.reduce((sum: number, reward) => sum + Number(reward), 0)).toBeCloseTo(0)
  })

  it('knockout shares out the rounds survived: one champion, one finalist, half out at once', async () => {
    const { rewards } = await rewardsBy(byNumber, {
      responses: numbers(8),
      anchor: 'knockout',
      shaping: 'half',
    })
    expect(rewards.map(Number).toSorted()).toEqual([0, 0, 0, 0, 1 / 3, 1 / 3, 2 / 3, 1])
    const odd = await rewardsBy(byNumber, { responses: numbers(5), anchor: 'knockout' })
    expect(odd.rewards[4]).toBe(1)
    expect(Math.min(...odd.rewards.map(Number))).toBe(-1)
  })

  it('knockout gives a tie to the better score', async () => {
    // each wins where it is shown second, the greater number by more
    const tied: Opinion = (first, second) => [-Number(second), -Number(first)]
    const { rewards } = await rewardsBy(tied, { responses: ['1', '2'], anchor: 'knockout' })
    expect(rewards).toEqual([-1, 1])
  })
})

describe('a failed judgment', () => {
  it('takes both out of a tournament without a reward, and leaves the others theirs', async () => {
    const responses = ['1', '2', '3', 'broken', '5', '6', '7', '8']
    for (const anchor of ['circular', 'swiss', 'knockout'] as const) {
      const { data, rewards } = await rewardsBy(byNumber, { responses, anchor })
      const failed = data.filter(({ reward }) => reward === null)
      expect(failed.length, anchor).toBe(anchor === 'circular' ? 3 : 2)
      expect(rewards[3]).toBeNull()
      for (const { error } of failed) expect(error?.code).toBe('model_timeout')
    }
  })

  it('lets who would have met the winner go on', async () => {
    const broken: Opinion = (first, second) =>
      Math.max(Number(first), Number(second)) > 2 ? byNumber(first, second) : null
    const { rewards } = await rewardsBy(broken, { responses: ['1', '2', '4', '3'], anchor: 'knockout' })
    expect(Math.max(...rewards.map(Number))).toBe(1)
  })

  it('is null for all where every one fails', async () => {
    for (const anchor of AMONG) {
      const { rewards } = await rewardsBy(() => null, { responses: numbers(6), anchor })
      expect(rewards, anchor).toEqual(Array(6).fill(null))
    }
  })
})

describe('the order of the list', () => {
  const anchors: (RewardRequest['anchor'] & string)[] = ['random', ...AMONG]
  it('changes no reward, and copies get equal ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 9 }),
        fc.constantFrom(...anchors),
        fc.constantFrom('graded', 'half', 'net'),
        fc.boolean(),
        fc.infiniteStream(fc.integer()),
        async (values, anchor, shaping, fitted, ranks) => {
          const fit = fitted ? { fit: 'bradley-terry' as const } : {}
          const ranked = values.map((value) => ({ text: String(value), rank: Number(ranks.next().value) }))
          const shuffled = ranked.toSorted((a, b) => a.rank - b.rank).map(({ text }) => text)
          const byText = async (responses: string[]) => {
            const { rewards } = await rewardsBy(moody, { responses, anchor, shaping, ...fit })
            return responses.map((text, index) => `${text} ${rewards[index]}`)
          }
          const [listed, turned] = [await byText(values.map(String)), await byText(shuffled)]
          expect(turned.toSorted()).toEqual(listed.toSorted())
          expect(new Set(listed).size).toBe(new Set(values).size)
        },
      ),
    )
  })

  it('asks for the same judgments in the same order when it is asked again', async () => {
    for (const anchor of AMONG) {
      const asked = async () => (await rewardsBy(moody, { responses: numbers(10), anchor })).requests
      expect(await asked()).toEqual(await asked())
    }
  })
})

describe('active', () => {
  it('spends its budget and no more, and never more than there are pairs', async () => {
    for (const [budget, spent] of [
      [7, 7],
      [11, 11],
      [20, 20],
      [400, 28],
    ] as const) {
      const { requests } = await rewardsBy(moody, { responses: numbers(8), anchor: 'active', budget })
      expect(requests).toHaveLength(spent)
    }
  })

  it('asks for a budget that connects all, and a budget only there', async () => {
    const refused = (request: Partial<RewardRequest>) =>
      expect(rewardsBy(byNumber, { responses: numbers(8), ...request })).rejects.toMatchObject({
        param: 'budget',
      })
    await refused({ anchor: 'active', budget: 6 })
    await refused({ anchor: 'swiss', budget: 20 })
  })
})

describe('whatever the judge says', () => {
  const values = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 2, maxLength: 10 })

  it('turned round, it turns every graded and net reward round', async () => {
    const turned: Opinion = (first, second) => {
      const scores = moody(first, second)
      return scores && [-scores[0], -scores[1]]
    }
    await fc.assert(
      fc.asyncProperty(
        values,
        fc.constantFrom('random', 'all', 'circular'),
        fc.constantFrom('graded', 'net'),
        fc.boolean(),
        async (list, anchor, shaping, fitted) => {
          const request = { responses: list.map(String), anchor, shaping } as const
          const fit = fitted ? { fit: 'bradley-terry' as const } : {}
          const { rewards } = await rewardsBy(moody, { ...request, ...fit })
          const opposite = await rewardsBy(turned, { ...request, ...fit })
          for (const [at, reward] of rewards.entries())
            expect(Number(opposite.rewards[at])).toBeCloseTo(-Number(reward), 9)
        },
      ),
    )
  })

  it('a reward is null where one of its comparisons failed, under a fit where all did, and else a number', async () => {
    await fc.assert(
      fc.asyncProperty(
        values,
        fc.constantFrom(...AMONG),
        fc.boolean(),
        fc.integer({ min: 2, max: 5 }),
        async (list, anchor, fitted, every) => {
          const fails = (first: string, second: string) => (Number(first) + Number(second)) % every === 0
          const opinion: Opinion = (first, second) => (fails(first, second) ? null : moody(first, second))
          const fit = fitted ? { fit: 'bradley-terry' as const } : {}
          const { data, requests } = await rewardsBy(opinion, { responses: list.map(String), anchor, ...fit })
          for (const { index, reward, error } of data) {
            const own = requests.filter(({ responses }) => responses.includes(String(list[index])))
            const failed = own.filter(({ responses: [first, second = ''] }) => fails(first, second)).length
            const none = fitted || anchor === 'active' ? failed > 0 && failed === own.length : failed > 0
            expect([reward === null, error?.code]).toEqual([none, none ? 'model_timeout' : undefined])
            if (reward !== null) expect(Math.abs(reward)).toBeLessThanOrEqual(1)
          }
        },
      ),
    )
  })
})
