import { expect, test } from 'vitest'
import { createModelServer } from '../../testing/model-server.ts'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'
import { TEST_VARIABLES } from '../../testing/variables.ts'

/** A body as promptfoo's JSON.stringify writes it. */
const bytes = (output: unknown, vars: object = {}, prompt: string | null = 'Say something.') =>
  JSON.stringify({ output, context: { prompt, vars } })
const json = { 'content-type': 'application/json' }

test('a good output passes and a bad one does not, each with a score and why', async () => {
  const { call } = await openTestApp()
  const reply = await call('/rlhf/promptfoo', bytes('GOOD'), json)
  expect([reply.status, reply.headers.get('content-type')]).toEqual([
    200,
    expect.stringMatching(/^application\/json\b/),
  ])
  const good = await bodyOf(reply)
  expect(good).toMatchObject({ pass: true, score: 1, reason: expect.stringContaining('threshold 0.5') })
  expect(good.reason).toContain(good.judgments[0])
  expect(await bodyOf(await call('/rlhf/promptfoo', bytes('bad'), json))).toMatchObject({
    pass: false,
    score: 0,
  })
})

test('the threshold is of the URL', async () => {
  const { ask, call } = await openTestApp()
  const url = (threshold: string) => `/rlhf/promptfoo?against=label&threshold=${threshold}`
  const body = bytes('GOOD', { label: 'GOOD' })
  expect(await ask(url('0.5'), body)).toMatchObject({ pass: true, score: 0.5 })
  expect(await ask(url('0.51'), body)).toMatchObject({ pass: false, score: 0.5 })
  for (const threshold of ['', 'x', '2', '-1']) expect((await call(url(threshold), body)).status).toBe(400)
  expect((await call('/rlhf/slime?threshold=0.5', { prompt: 'p', response: 'r' })).status).toBe(400)
})

test('the label is a variable of the test, found by its name or by the URL', async () => {
  const { ask, call, models } = await openTestApp()
  const by = '/rlhf/promptfoo?verifier=numeric_answer'
  expect(await ask(by, bytes('It is 4.', { expected: 4 }))).toMatchObject({ pass: true, score: 1 })
  expect(await ask(by, bytes('It is 5.', { expected: '4' }, null))).toMatchObject({ pass: false, score: 0 })
  const named = `${by}&label=context.vars.row.sum`
  expect(await ask(named, bytes('It is 4.', { row: { sum: '4' }, expected: 5 }))).toMatchObject({
    pass: true,
  })
  const none = await call(by, bytes('It is 4.'))
  expect([none.status, (await bodyOf(none)).error.param]).toEqual([422, 'context.vars.label'])
  expect(models.calls).toBe(0)
})

test('a prompt of several messages is read as them, and an output that is no text as JSON', async () => {
  const { ask } = await openTestApp()
  const messages = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Say something.' },
  ]
  const chat = await ask('/rlhf/promptfoo', bytes('GOOD', {}, JSON.stringify(messages)))
  const { usage } = await ask('/v1/judgments', {
    protocol: 'pointwise',
    prompt: messages,
    responses: ['GOOD'],
  })
  expect([chat.pass, usage.cache]).toEqual([true, 'hit'])
  const schema = { label: '{"type":"object"}' }
  const url = '/rlhf/promptfoo?verifier=json_schema'
  expect(await ask(url, bytes({ a: 1 }, schema))).toMatchObject({ pass: true })
  expect(await ask(url, bytes('a', schema))).toMatchObject({ pass: false, score: 0 })
})

test('at the origin the body says that it is promptfoo', async () => {
  const { ask } = await openTestApp()
  expect(await ask('/', bytes('GOOD'))).toMatchObject({ pass: true, score: 1 })
})

/** promptfoo waits out a 429 and asks again, four times; no other status, and no false `pass`, fails `not-webhook` too. */
test('what has no verdict neither passes nor has a score', async () => {
  const { call, ask, models } = await openTestApp()
  models.manner = 'status 500'
  const failed = await call('/rlhf/promptfoo', bytes('GOOD'))
  expect([failed.status, failed.headers.has('retry-after')]).toEqual([429, true])
  const body = await bodyOf(failed)
  expect(body).toMatchObject({ pass: false, reason: expect.any(String), error: { code: 'not_scored' } })
  expect(body).not.toHaveProperty('score')
  expect(await ask('/rlhf/promptfoo?on_error=0.25&threshold=0.2', bytes('GOOD'))).toMatchObject({
    pass: true,
    score: 0.25,
    reason: expect.stringContaining('on_error of the URL'),
  })
})

test('a judgment that takes too long is answered in time, and the next call collects it', async () => {
  const models = createModelServer()
  const [entry] = JSON.parse(TEST_VARIABLES.PLUMBLINE_MODELS)
  const PLUMBLINE_MODELS = JSON.stringify([{ ...entry, timeout_ms: 20_000 }])
  const slowly = async (url: string, init: RequestInit) => {
    await new Promise((resolve) => setTimeout(resolve, 2200))
    return models.fetch(url, init)
  }
  const { call } = await openTestApp({ PLUMBLINE_MODELS }, slowly)
  const begun = performance.now()
  const early = await call('/rlhf/promptfoo', bytes('GOOD'))
  expect(performance.now() - begun).toBeLessThan(4900)
  expect([early.status, early.headers.get('retry-after')]).toEqual([429, '1'])
  const pending = await bodyOf(early)
  expect(pending).toMatchObject({ pass: false, error: { code: 'deadline_exceeded' } })
  expect(pending).not.toHaveProperty('score')
  const late = await call('/rlhf/promptfoo', bytes('GOOD'))
  expect(await bodyOf(late)).toMatchObject({ pass: true, score: 1 })
})

test.each([
  [{}, 'output'],
  [{ output: 'x' }, 'context'],
  [{ output: 'x', context: {} }, 'context.prompt'],
  [{ output: 'x', context: { prompt: '' } }, 'context.prompt'],
  [{ output: 'x', context: { prompt: 'p', vars: [] } }, 'context.vars'],
])('%j is refused, naming the field, and does not pass', async (body, param) => {
  const { call } = await openTestApp()
  const reply = await call('/rlhf/promptfoo', body)
  expect(reply.status).toBe(400)
  expect(await bodyOf(reply)).toMatchObject({ pass: false, error: { param } })
})
