import { expect, test } from 'vitest'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const pair = (prompt: string) => ({ prompt, responses: ['GOOD GOOD', 'bad'] })
const swapped = (prompt: string) => ({ prompt, responses: ['bad', 'GOOD GOOD'] })

test('a pair is judged, with the rubric, the verdicts and what they cost', async () => {
  const { ask, models } = await openTestApp()
  const judgment = await ask('/v1/judgments', pair('Which?'))
  expect(judgment).toMatchObject({ winner: 'first', score: 2, decided_by: 'rubric', error: null })
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

test('twenty at once cost one judgment', async () => {
  const { ask, models } = await openTestApp()
  models.manner = 'slowly'
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/v1/judgments', pair('Twenty?'))))
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
  expect(answers.filter(({ usage }) => usage.cache === 'miss').length).toBe(1)
  expect(answers.reduce((sum, { usage }) => sum + usage.judge_calls, 0)).toBe(models.calls)
})

test('a caller who gives up and calls again finds the work done', async () => {
  const { ask, call, models } = await openTestApp()
  models.manner = 'slowly'
  const late = await call('/v1/judgments', pair('Late?'), { 'x-deadline-ms': '10' })
  expect(late.status).toBe(504)
  expect(late.headers.get('retry-after')).toBe('1')
  expect((await bodyOf(late)).error.code).toBe('deadline_exceeded')
  const found = await ask('/v1/judgments', pair('Late?'))
  expect(found).toMatchObject({ winner: 'first', usage: { cache: 'hit', judge_calls: 0 } })
  const [{ judge_calls }] = (await ask('/v1/usage')).data
  expect(models.calls).toBe(judge_calls)
})

test('the swapped call negates the score and is a hit; another order policy is one too', async () => {
  const { ask, models } = await openTestApp()
  const first = await ask('/v1/judgments', pair('Swap?'))
  const calls = models.calls
  const second = await ask('/v1/judgments', swapped('Swap?'))
  expect(second).toMatchObject({ winner: 'second', score: -first.score, usage: { cache: 'hit' } })
  expect(second.orders[0].criteria).toEqual(first.orders[1].criteria)
  const mean = await ask('/v1/judgments', { ...pair('Swap?'), orders: 'mean' })
  expect(mean).toMatchObject({ order_policy: 'mean', score: first.score, usage: { cache: 'hit' } })
  expect(models.calls).toBe(calls)
})

test('reading by id gives a judgment back exactly, in the order and policy that it was shown in', async () => {
  const { ask, call } = await openTestApp()
  const first = await ask('/v1/judgments', pair('Read?'))
  expect(await ask(`/v1/judgments/${first.id}`)).toEqual(first)
  const turned = await ask('/v1/judgments', { ...swapped('Read?'), orders: 'mean', min_score: 0.5 })
  expect(await ask(`/v1/judgments/${turned.id}`)).toMatchObject({ id: turned.id, score: turned.score })
  for (const id of ['jdg_00ffffffffffffffffffffffffffffff-fs', 'nonsense']) {
    const missing = await call(`/v1/judgments/${id}`)
    expect(missing.status).toBe(404)
    expect((await bodyOf(missing)).error).toMatchObject({ code: 'judgment_not_found', param: 'id' })
  }
})

test('an organisation lists its own judgments alone, page by page', async () => {
  const { ask } = await openTestApp()
  const made = await Promise.all(['a', 'b', 'c'].map((prompt) => ask('/v1/judgments', pair(prompt))))
  const page = await ask('/v1/judgments?limit=2')
  expect(page).toMatchObject({ object: 'list', has_more: true })
  const rest = await ask(`/v1/judgments?limit=2&before=${page.data[1].id}`)
  expect(rest.has_more).toBe(false)
  const listed = [...page.data, ...rest.data].map(({ id }) => id)
  expect(listed.toSorted()).toEqual(made.map(({ id }) => id).toSorted())
  const other = await openTestApp()
  expect((await other.ask('/v1/judgments')).data).toEqual([])
  expect((await other.call(`/v1/judgments/${listed[0]}`)).status).toBe(404)
})

test('usage is the sum of what the model server saw, per key', async () => {
  const { ask, models } = await openTestApp()
  await ask('/v1/judgments', pair('One'))
  await ask('/v1/judgments', pair('Two'))
  await ask('/v1/judgments', pair('Two'))
  await ask('/v1/judgments', { ...pair('Two'), cache: 'off' })
  const { data } = await ask('/v1/usage')
  expect(data).toEqual([expect.objectContaining({ judgments: 3, judge_calls: models.calls })])
  expect(data[0].cost).toBeGreaterThan(0)
})

test('refresh judges again and binds the key; off does neither; an Idempotency-Key makes both repeatable', async () => {
  const { ask, models } = await openTestApp()
  const costs = async (body: object, headers = {}) => {
    const before = models.calls
    const { usage } = await ask('/v1/judgments', body, headers)
    return { cache: usage.cache, calls: models.calls - before }
  }
  const body = pair('Again?')
  const { calls } = await costs(body)
  expect(await costs({ ...body, cache: 'refresh' })).toEqual({ cache: 'miss', calls })
  expect(await costs({ ...body, cache: 'off' })).toEqual({ cache: 'miss', calls })
  for (const cache of ['refresh', 'off']) {
    const header = { 'idempotency-key': `once-${cache}` }
    expect(await costs({ ...body, cache }, header)).toEqual({ cache: 'miss', calls })
    expect(await costs({ ...body, cache }, header)).toEqual({ cache: 'hit', calls: 0 })
  }
  const alone = { ...pair('Never filed under its key'), cache: 'off' }
  await costs(alone)
  expect(await costs({ ...alone, cache: 'use' })).toMatchObject({ cache: 'miss' })
})

test('the pairs of a prompt share what is made for the prompt', async () => {
  const { ask, models } = await openTestApp()
  await ask('/v1/judgments', pair('Shared?'))
  const alone = models.calls
  await ask('/v1/judgments', { prompt: 'Shared?', responses: ['GOOD', 'worse'] })
  expect(models.calls - alone).toBe(alone - 1)
})

test('a rubric is filed, named by its id, and read back by it', async () => {
  const { ask, call, models } = await openTestApp()
  const criteria = [{ id: 'short', level: 'core', title: 'Is short' }]
  const filed = await call('/v1/rubrics', { criteria })
  expect(filed.status).toBe(201)
  const rubric = await bodyOf(filed)
  const judgment = await ask('/v1/judgments', { ...pair('By id?'), rubric: rubric.id })
  expect(judgment.rubric).toEqual(rubric)
  expect(models.calls).toBe(2)
  const made = await ask('/v1/judgments', pair('Made'))
  expect(await ask(`/v1/rubrics/${made.rubric.id}`)).toEqual(made.rubric)
  const filedAgain = await call('/v1/rubrics', await ask(`/v1/rubrics/${rubric.id}`))
  expect([filedAgain.status, (await bodyOf(filedAgain)).id]).toEqual([201, rubric.id])
})

test('one response is scored by itself, and identical ones are a tie without a model', async () => {
  const { ask, models } = await openTestApp()
  const point = await ask('/v1/judgments', { protocol: 'pointwise', prompt: 'Point?', responses: ['GOOD'] })
  expect(point).toMatchObject({ protocol: 'pointwise', score: 1, error: null })
  const calls = models.calls
  const same = await ask('/v1/judgments', { prompt: 'Same?', responses: ['one', 'one'] })
  expect(same).toMatchObject({ winner: 'tie', score: 0, model: null, usage: { judge_calls: 0 } })
  expect(models.calls).toBe(calls)
})

test('a verifier that decides saves the model', async () => {
  const { ask, models } = await openTestApp()
  const constraints = [{ kind: 'contains', values: ['4'] }]
  const judgment = await ask('/v1/judgments', { prompt: '2+2?', responses: ['5', '4'], constraints })
  expect(judgment).toMatchObject({ winner: 'second', score: -2, decided_by: 'verifier', model: null })
  expect(judgment.verifiers).toContainEqual(expect.objectContaining({ response: 0, passed: false }))
  expect(judgment.verifiers).toContainEqual(expect.objectContaining({ response: 1, passed: true }))
  expect(models.calls).toBe(0)
})

test('judged twice with the cache off, the same finding is one record and two charges', async () => {
  const { ask, models } = await openTestApp()
  const body = { ...pair('Twice?'), cache: 'off' }
  const [first, second] = [await ask('/v1/judgments', body), await ask('/v1/judgments', body)]
  expect(second).toEqual(first)
  expect((await ask('/v1/judgments')).data).toEqual([first])
  expect((await ask('/v1/usage')).data).toMatchObject([{ judgments: 2, judge_calls: models.calls }])
})
