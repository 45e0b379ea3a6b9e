import { expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'

test('a score of 0 to 1 and an explanation, whatever the range of the reward', async () => {
  const { ask } = await openTestApp()
  const body = { input: '2+2?', output: 'bad', expected: 'GOOD GOOD' }
  const { score, explanation, judgments } = await ask('/rlhf/akka?against=label', body)
  expect([score, judgments.length]).toEqual([0, 1])
  expect(explanation).toContain(judgments[0])
  expect(await ask('/rlhf/akka', { ...body, output: 'GOOD' })).toMatchObject({ score: 1 })
})

test('input, output and expected may be messages and JSON', async () => {
  const { ask } = await openTestApp()
  const body = {
    input: [{ role: 'user', content: 'Which label?' }],
    output: { role: 'assistant', content: '{"label":"a"}' },
    expected: { label: 'a' },
  }
  expect(await ask('/rlhf/akka?verifier=exact', body)).toMatchObject({
    score: 1,
    explanation: 'By the response alone, without a judgment.',
  })
})

test.each([
  [{ input: '', output: 'x' }, 400, 'input'],
  [{ output: 'x' }, 400, 'input'],
])('%j is refused', async (body, status, param) => {
  const { call } = await openTestApp()
  const reply = await call('/rlhf/akka', body)
  expect([reply.status, (await bodyOf(reply)).error.param]).toEqual([status, param])
})

test('no output is the lowest score, and no judgment no score', async () => {
  const { ask, call, models } = await openTestApp()
  expect(await ask('/rlhf/akka', { input: 'a', output: null })).toMatchObject({ score: 0 })
  models.manner = 'unreachable'
  expect((await call('/rlhf/akka', { input: 'a', output: 'b' })).status).toBe(503)
})
