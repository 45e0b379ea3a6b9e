import { expect, test } from 'vitest'
import { type Reward, rewardList } from '../shared/protocol/reward.ts'
import { openTestApp } from './testing/test-app.ts'

const group = { prompt: 'Which is best?', responses: ['GOOD GOOD', 'bad', 'GOOD', 'bad'] }
const rewardsOf = ({ data }: { data: Pick<Reward, 'reward'>[] }) => data.map(({ reward }) => reward)

test('a group is compared with a random anchor, which no order of the list changes', async () => {
  const { ask, models } = await openTestApp()
  const list = await ask('/v1/rewards', group)
  expect(list).toMatchObject({ object: 'reward.list', usage: { judge_calls: models.calls } })
  const [best, bad, middle, copy] = rewardsOf(list)
  expect(bad).toBe(copy)
  expect(Number(best)).toBeGreaterThanOrEqual(Number(middle))
  expect(Number(middle)).toBeGreaterThan(Number(bad))
  expect(rewardsOf(list)[list.anchor.index]).toBe(0)

  const calls = models.calls
  const turned = await ask('/v1/rewards', { ...group, responses: group.responses.toReversed() })
  expect(rewardsOf(turned)).toEqual(rewardsOf(list).toReversed())
  expect(turned.usage).toMatchObject({ cache: 'hit', judge_calls: 0 })
  expect(models.calls).toBe(calls)
})

test('every reward names the judgments that made it, and they can be read', async () => {
  const { ask } = await openTestApp()
  const { data } = await ask('/v1/rewards', { ...group, anchor: { response: 'GOOD' } })
  const [id] = data[0].judgments
  expect(await ask(`/v1/judgments/${id}`)).toMatchObject({ id, winner: 'first' })
})

test('all pairs, an anchor by index and the half shaping', async () => {
  const { ask } = await openTestApp()
  const responses = ['GOOD GOOD', 'GOOD', 'bad']
  const all = await ask('/v1/rewards', { ...group, responses, anchor: 'all', shaping: 'half' })
  expect(rewardsOf(all)).toEqual([1, 0.5, 0])
  const indexed = await ask('/v1/rewards', { ...group, responses, anchor: { index: 1 }, shaping: 'half' })
  expect(rewardsOf(indexed)).toEqual([1, 0.5, 0])
})

test('pointwise and verifier rewards lie in 0..1', async () => {
  const { ask, models } = await openTestApp()
  const pointwise = await ask('/v1/rewards', { ...group, protocol: 'pointwise', responses: ['GOOD', 'bad'] })
  expect(rewardsOf(pointwise)).toEqual([1, 0])
  const calls = models.calls
  const constraints = [{ kind: 'contains', values: ['GOOD'] }]
  const verified = await ask('/v1/rewards', { ...group, protocol: 'verifier', constraints })
  expect(rewardsOf(verified)).toEqual([1, 0, 1, 0])
  expect(models.calls).toBe(calls)
})

test('a judgment that failed is a null reward with an error', async () => {
  const { ask, models } = await openTestApp()
  models.manner = 'prose'
  const { data } = await ask('/v1/rewards', { ...group, anchor: { response: 'other' } })
  for (const { reward, error } of data) expect([reward, error.code]).toEqual([null, 'reply_not_json'])
})

test('a tournament that was interrupted goes on: what was judged is not paid again', async () => {
  const responses = ['GOOD', 'bad', 'GOOD GOOD', 'bad bad', 'GOOD GOOD GOOD', 'fine']
  for (const anchor of ['swiss', 'knockout', 'active'] as const) {
    const tournament = { ...group, responses, anchor }
    const whole = await (await openTestApp()).ask('/v1/rewards', tournament)
    const { ask, models } = await openTestApp()
    models.failsAt = whole.usage.judge_calls - 1
    const broken = await ask('/v1/rewards', tournament)
    if (anchor !== 'active') expect(rewardsOf(broken).filter((reward) => reward === null)).toHaveLength(2)
    const before = models.calls
    const again = await ask('/v1/rewards', tournament)
    expect(rewardsOf(again), anchor).toEqual(rewardsOf(whole))
    expect(models.calls - before).toBeGreaterThan(0)
    expect(models.calls - before).toBeLessThan(whole.usage.judge_calls / 2)
    const settled = models.calls
    const known = await ask('/v1/rewards', { ...tournament, responses: responses.toReversed() })
    expect(rewardsOf(known).toReversed()).toEqual(rewardsOf(whole))
    expect([models.calls, known.usage.cache]).toEqual([settled, 'hit'])
  }
})

test('BRPO, a fit of strengths and constraints, answered as they are promised', async () => {
  const { ask } = await openTestApp()
  const brpo = rewardList.parse(await ask('/v1/rewards', { ...group, shaping: 'brpo', group_size: 4 }))
  for (const { reward } of brpo.data) expect([-1, 0, 1]).toContain(reward)
  expect(typeof brpo.group_kept).toBe('boolean')
  const fitted = rewardList.parse(await ask('/v1/rewards', { ...group, anchor: 'all', fit: 'bradley-terry' }))
  expect(fitted.data[0]?.strength).toBeGreaterThan(Number(fitted.data[1]?.strength))
  expect(fitted.data[1]).toEqual({ ...fitted.data[3], index: 1 })
  const constraints = [{ kind: 'contains', values: ['GOOD'] }]
  const guarded = rewardList.parse(await ask('/v1/rewards', { ...group, anchor: { index: 0 }, constraints }))
  expect([guarded.guard, rewardsOf(guarded)]).toEqual(['some_failed', [0, -1, expect.any(Number), -1]])
  const added = { ...group, anchor: { index: 0 }, constraints, verifiers: { as: 'add', weight: 10 } }
  expect(rewardsOf(await ask('/v1/rewards', added))[0]).toBe(10)
})

test('a refresh of a group makes one rubric for all of it, and another for the next call', async () => {
  const { ask, models } = await openTestApp()
  const pointwise = { ...group, protocol: 'pointwise', responses: ['GOOD', 'bad', 'fine'] }
  const costs = async (cache: string) => {
    const before = models.calls
    const { usage } = await ask('/v1/rewards', { ...pointwise, cache })
    expect(usage.judge_calls).toBe(models.calls - before)
    return usage.judge_calls
  }
  const made = await costs('use')
  for (const cache of ['refresh', 'off', 'refresh']) expect(await costs(cache), cache).toBe(made)
  expect(await costs('use')).toBe(0)
})

test('constraints that are programs run where the app runs them, as a guard and as the reward', async () => {
  const { ask } = await openTestApp()
  const answer = (body: string) => `\`\`\`js\nfunction twice(x) { ${body} }\n\`\`\``
  const responses = [answer('return 2 * x'), answer('return x'), answer('while (true) {}')]
  const tests = [{ arguments: [2], expected: 4 }]
  const constraints = [
    { kind: 'code', language: 'javascript', entry_point: 'twice', tests, timeout_ms: 1000 },
  ]
  const request = { prompt: 'Double a number.', responses, constraints }
  expect(rewardsOf(await ask('/v1/rewards', { ...request, protocol: 'verifier' }))).toEqual([1, 0, 0])
  const guarded = await ask('/v1/rewards', { ...request, anchor: { index: 0 } })
  expect([rewardsOf(guarded), guarded.guard]).toEqual([[0, -1, -1], 'some_failed'])
})
