import { describe, expect, it } from 'vitest'
import type { RewardRequest } from '../../protocol/reward.ts'
import { byNumber, type Opinion, rewardsBy } from '../../testing/number-judge.ts'

const contains = (...values: string[]): NonNullable<RewardRequest['constraints']> =>
  values.map((value) => ({ kind: 'contains', values: [value], match: 'all', case_sensitive: true }))
const CANT_TELL: NonNullable<RewardRequest['constraints']>[number] = {
  kind: 'regex',
  pattern: '(',
  flags: '',
  full: false,
  negate: false,
}
/** The longer is better. */
const byLength: Opinion = (first, second) => byNumber(String(first.length), String(second.length))

describe('as a guard', () => {
  it('gives who fails any constraint the floor, and lets who passes all win without a judgment', async () => {
    const request = {
      responses: ['ab', 'abbbb', 'a', 'b'],
      anchor: 'all' as const,
      constraints: contains('a', 'b'),
    }
    const { rewards, requests, guard, data } = await rewardsBy(byLength, request)
    expect(rewards).toEqual([(-1 + 1 + 1) / 3, 1, -1, -1])
    expect(requests.map(({ responses }) => responses.toSorted())).toEqual([['ab', 'abbbb']])
    expect(guard).toBe('some_failed')
    expect(data[2]?.verifiers?.map(({ passed }) => passed)).toEqual([true, false])
  })

  it('takes a floor of the caller, and one below who passes where that is lower', async () => {
    const request = { responses: ['ab', 'a'], anchor: { index: 0 }, constraints: contains('b') }
    const { rewards } = await rewardsBy(byLength, { ...request, verifiers: { as: 'guard', floor: -5 } })
    expect(rewards).toEqual([0, -5])
    const half = await rewardsBy(byLength, { ...request, shaping: 'half' })
    expect(half.rewards).toEqual([0.5, 0])
  })

  it('leaves it to the judge where no response can pass, and says so', async () => {
    const request = { responses: ['a', 'aaa'], anchor: 'all' as const }
    const { rewards, guard, requests } = await rewardsBy(byLength, { ...request, constraints: contains('z') })
    expect([rewards, guard]).toEqual([[-1, 1], 'none_passed'])
    expect(requests).toHaveLength(1)
    expect(requests[0]).not.toHaveProperty('constraints')
  })

  it('holds against an anchor given apart, whichever of the two fails', async () => {
    const constraints = contains('b')
    const better = await rewardsBy(byLength, { responses: ['b'], anchor: { response: 'aaa' }, constraints })
    expect([better.rewards, better.requests, better.guard]).toEqual([[1], [], 'none_failed'])
    const worse = await rewardsBy(byLength, { responses: ['aaa'], anchor: { response: 'b' }, constraints })
    expect([worse.rewards, worse.requests]).toEqual([[-1], []])
  })

  it('holds under every plan, fit and shaping', async () => {
    const responses = ['b1', 'b22', 'b333', 'aaaaaa', 'aaaaaaa']
    for (const anchor of ['random', 'all', 'circular', 'swiss', 'knockout', 'active'] as const) {
      const { rewards } = await rewardsBy(byLength, { responses, anchor, constraints: contains('b') })
      expect([rewards[3], rewards[4]], anchor).toEqual([-1, -1])
      expect(Math.min(...rewards.slice(0, 3).map(Number)), anchor).toBeGreaterThanOrEqual(-1)
    }
  })

  it('is null, with the reason, for who can not be told, where another passes', async () => {
    const deep = '['.repeat(9999) + ']'.repeat(9999)
    const { rewards, guard, data, requests } = await rewardsBy(byLength, {
      responses: ['[]', '[ ]', 'no array', deep],
      anchor: 'all',
      constraints: [{ kind: 'json_schema', schema: { type: 'array' }, fenced: false }],
    })
    expect([rewards, guard]).toEqual([[expect.any(Number), expect.any(Number), -1, null], 'some_failed'])
    expect(requests).toHaveLength(3)
    expect(data[3]?.error?.code).toBe('verifier_failed')
  })

  it('takes nothing from who can not be told where nobody passes', async () => {
    const request = { responses: ['a', 'aa'], anchor: 'all' as const, constraints: [CANT_TELL] }
    const { rewards, guard, data } = await rewardsBy(byLength, request)
    expect([rewards, guard]).toEqual([[-0.5, 0.5], 'none_passed'])
    expect(data[0]?.verifiers?.[0]?.error?.code).toBe('verifier_failed')
  })
})

describe('as an added reward', () => {
  it('adds the weighted share of all constraints to what the judge says', async () => {
    const request = { responses: ['ab', 'abb', 'a'], anchor: { index: 0 }, constraints: contains('a', 'b') }
    const { rewards, guard, requests } = await rewardsBy(byLength, {
      ...request,
      verifiers: { as: 'add', weight: 2 },
    })
    expect(rewards).toEqual([2, 0.5 + 2, -0.5 + 1])
    expect(guard).toBeUndefined()
    expect(requests).toHaveLength(2)
  })

  it('guards and adds, but adds nothing to a floor', async () => {
    const request = { responses: ['ab', 'abb', 'a'], anchor: { index: 0 }, constraints: contains('a', 'b') }
    const { rewards } = await rewardsBy(byLength, { ...request, verifiers: { as: 'both' } })
    expect(rewards).toEqual([1, 1.5, -1])
  })

  it('is null with the reason where a verifier could not tell', async () => {
    const { rewards, data } = await rewardsBy(byLength, {
      responses: ['a', 'aa'],
      anchor: 'all',
      constraints: [CANT_TELL],
      verifiers: { as: 'add' },
    })
    expect(rewards).toEqual([null, null])
    expect(data[0]?.error?.code).toBe('verifier_failed')
  })
})

describe('of responses judged by themselves', () => {
  const request = { protocol: 'pointwise' as const, responses: ['8', '9', '18'], constraints: contains('8') }

  it('gives who fails the floor without a judgment, whoever passes', async () => {
    const { rewards, requests } = await rewardsBy(byNumber, request)
    expect(rewards).toEqual([0.8, 0, 1.8])
    expect(requests).toHaveLength(2)
    const alone = await rewardsBy(byNumber, { ...request, responses: ['9'] })
    expect([alone.rewards, alone.requests, alone.guard]).toEqual([[0], [], 'none_passed'])
  })

  it('adds to every one', async () => {
    const { rewards } = await rewardsBy(byNumber, { ...request, verifiers: { as: 'add', weight: 0.5 } })
    expect(rewards).toEqual([1.3, 0.9, 2.3])
  })
})

describe('settings that would be ignored', () => {
  it.each([
    [{ verifiers: { as: 'guard' } }, 'verifiers'],
    [{ verifiers: { as: 'guard', weight: 1 }, constraints: contains('a') }, 'verifiers.weight'],
    [{ verifiers: { as: 'add', floor: 1 }, constraints: contains('a') }, 'verifiers.floor'],
    [{ verifiers: { as: 'add' }, constraints: contains('a'), protocol: 'verifier' }, 'verifiers'],
  ] as const)('%j is refused', async (settings, param) => {
    const { constraints, ...rest } = { constraints: undefined, ...settings }
    const given = constraints ? { constraints: [...constraints] } : {}
    await expect(rewardsBy(byLength, { responses: ['a', 'b'], ...rest, ...given })).rejects.toMatchObject({
      param,
    })
  })
})
