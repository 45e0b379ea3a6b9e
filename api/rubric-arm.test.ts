import { expect, test } from 'vitest'
import { ARM_ITEMS, armTrajectory } from '../shared/testing/arm-replies.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const pair = (prompt: string) => ({ prompt, protocol: 'rubric-arm', responses: ['GOOD GOOD', 'bad'] })

test('a pair is judged by a rubric of the prompt, and read by its id as it was answered', async () => {
  const { ask, models } = await openTestApp()
  const judgment = await ask('/v1/judgments', pair('Which?'))
  expect(judgment).toMatchObject({ protocol: 'rubric-arm', winner: 'first', score: 2, error: null })
  expect(judgment.orders[0].opinion).toMatchObject({ verdict: 2, gatekeeper: 'the first one' })
  expect(judgment.vote_share).toEqual({ forward: 1, backward: 1 })
  expect(models.calls).toBe(3)
  expect(await ask(`/v1/judgments/${judgment.id}`)).toMatchObject({
    id: judgment.id,
    orders: judgment.orders,
  })
  const swapped = await ask('/v1/judgments', { ...pair('Which?'), responses: ['bad', 'GOOD GOOD'] })
  expect(swapped).toMatchObject({ winner: 'second', score: -2, usage: { cache: 'hit' } })
  expect(swapped.orders[0].opinion).toEqual(judgment.orders[1].opinion)
  expect(models.calls).toBe(3)
})

test('the group of a prompt shares one rubric, and gets reward (16)', async () => {
  const { ask, models } = await openTestApp()
  const group = { prompt: 'Group?', protocol: 'rubric-arm', shaping: 'half', anchor: { response: 'GOOD' } }
  const { data } = await ask('/v1/rewards', { ...group, responses: ['GOOD GOOD', 'bad', 'GOOD'] })
  expect(data.map(({ reward }: { reward: number }) => reward)).toEqual([1, 0, 0.5])
  expect(models.calls).toBe(1 + 2 * 2)
})

test('what can not be read leaves no winner, and the reply is kept', async () => {
  const { ask, models } = await openTestApp()
  models.replies.trajectory = () => 'Winner: Response A, I think.'
  const judgment = await ask('/v1/judgments', pair('Broken?'))
  expect(judgment).toMatchObject({ winner: null, score: null, error: { code: 'reply_invalid' } })
  expect(judgment.orders[0].opinion.raw).toBe('Winner: Response A, I think.')
  const { data } = await ask('/v1/rewards', { ...pair('Broken?'), anchor: { index: 0 }, shaping: 'half' })
  expect(data[1]).toMatchObject({ reward: null, error: { code: 'reply_invalid' } })
})

test('findings are told as they are made', async () => {
  const { call } = await openTestApp()
  const response = await call('/v1/judgments', { ...pair('Told?'), stream: true })
  const names = [...(await response.text()).matchAll(/^event: (.*)$/gm)].map(([, name]) => name)
  expect(names).toEqual(['rubric', 'opinion', 'opinion', 'result'])
})

test('a meta-rubric that a written rubric would not heed is refused', async () => {
  const { call } = await openTestApp()
  const refused = await call('/v1/judgments', { ...pair('Which?'), meta_rubric: 'general' })
  expect(refused.status).toBe(400)
  expect((await bodyOf(refused)).error).toMatchObject({ code: 'invalid_request', param: 'meta_rubric' })
})

test('the work of a judge and of a generator is rewarded, natively and in a dialect', async () => {
  const { ask, call, models } = await openTestApp()
  const trajectory = armTrajectory(ARM_ITEMS, 'B')
  const judge = { rubric: ARM_ITEMS, pair: { winner: 'second' } }
  const native = { prompt: '-', protocol: 'rubric-arm/judge', ...judge, responses: [trajectory, 'x'] }
  const { data } = await ask('/v1/rewards', native)
  expect(data.map(({ reward }: { reward: number }) => reward)).toEqual([2, 0])
  expect(models.calls).toBe(0)

  const generator = { prompt: 'Which?', pair: { responses: ['bad', 'GOOD'], winner: 'second' } }
  const dialect = (protocol: string, response: string, label: object) =>
    call(`/rlhf/openrlhf?protocol=${protocol}`, {
      query: [`<|user|>told<|assistant|>${response}`],
      prompts: ['<|user|>told<|assistant|>'],
      labels: [JSON.stringify(label)],
    })
  expect(await bodyOf(await dialect('rubric-arm/judge', trajectory, judge))).toMatchObject({
    rewards: [2],
    scores: [1],
  })
  expect(await bodyOf(await dialect('rubric-arm/generator', ARM_ITEMS, generator))).toMatchObject({
    rewards: [1],
  })
  expect(models.calls).toBe(1)
  const { prompt: _, ...promptless } = generator
  const refused = await bodyOf(await dialect('rubric-arm/generator', ARM_ITEMS, promptless))
  expect(refused.error).toMatchObject({ code: 'invalid_request', param: 'labels.0' })
})

test('direct asks for a winner without a rubric', async () => {
  const { ask, models } = await openTestApp()
  const judgment = await ask('/v1/judgments', { ...pair('Direct?'), protocol: 'direct' })
  expect(judgment).toMatchObject({ protocol: 'direct', winner: 'first', score: 2, rubric: null })
  expect(models.calls).toBe(2)
})
