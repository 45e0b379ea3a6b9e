import { expect, test } from 'vitest'
import { openTestApp } from './testing/test-app.ts'

const pair = (prompt: string) => ({ prompt, responses: ['GOOD GOOD', 'bad'] })

test('a pair is judged, with the rubric, the verdicts and what they cost', async () => {
  const { ask, models } = await openTestApp()
  const judgment = await ask('/v1/judgments', pair('Which?'))
  expect(judgment).toMatchObject({ object: 'judgment', winner: 'first', score: 2, decided_by: 'rubric', error: null })
  expect(judgment.rubric.criteria.length).toBeGreaterThan(0)
  expect(judgment.orders.map((order: { order: string }) => order.order)).toEqual(['forward', 'backward'])
  expect(judgment.usage).toMatchObject({ cache: 'miss', judge_calls: models.calls })
  expect(judgment.usage.cost).toBeGreaterThan(0)
})

test('a second identical call never touches a model and is free', async () => {
  const { ask, models } = await openTestApp()
  const first = await ask('/v1/judgments', pair('Which?'))
  const calls = models.calls
  const second = await ask('/v1/judgments', pair('Which?'))
  expect(models.calls).toBe(calls)
  expect(second).toMatchObject({ id: first.id, score: first.score, orders: first.orders })
  expect(second.usage).toMatchObject({ cache: 'hit', judge_calls: 0, prompt_tokens: 0, cost: 0 })
})
