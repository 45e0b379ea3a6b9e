import { expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'

/** A body as align-anything's requests sends it. */
const bytes =
  '{"prompts": ["Say \\u201cgood\\u201d.", "Say \\u201cgood\\u201d.", "2+2?"], "responses": ["GOOD", "bad", ""]}'
const json = { 'content-type': 'application/json' }

test('rewards in the order of the batch, each by itself as PPO wants them', async () => {
  const { call } = await openTestApp()
  const reply = await call('/get_reward', bytes, json)
  expect(reply.status).toBe(200)
  expect(await bodyOf(reply)).toMatchObject({ rewards: [1, 0, 0], substituted: 0 })
})

test('a URL that says so compares the responses of a prompt', async () => {
  const { ask } = await openTestApp()
  const body = { prompts: ['p', 'p'], responses: ['GOOD', 'bad'] }
  const { rewards } = await ask('/rlhf/align-anything?protocol=openrs&anchor=all', body)
  expect(rewards[0]).toBeGreaterThan(0)
  expect(rewards[1]).toBe(-rewards[0])
})

test('templated prompts are read back', async () => {
  const { ask, models } = await openTestApp()
  await ask('/rlhf/align-anything', { prompts: ['2+2?'], responses: ['GOOD'] })
  const { calls } = models
  const prompt = '<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n'
  await ask('/rlhf/align-anything', { prompts: [prompt], responses: ['GOOD<|im_end|>'] })
  expect(models.calls).toBe(calls)
})

test.each([
  [{ prompts: ['a'], responses: [] }, 'prompts'],
  [{ prompts: [''], responses: ['a'] }, 'prompts.0'],
  [{ prompts: ['a'], responses: [null] }, 'responses.0'],
  [{ prompts: 'a', responses: ['a'] }, 'prompts'],
  [{ prompts: ['a'] }, 'responses'],
])('%j is refused, naming the field', async (body, param) => {
  const { call } = await openTestApp()
  const reply = await call('/rlhf/align-anything', body)
  expect([reply.status, (await bodyOf(reply)).error.param]).toEqual([400, param])
})

test('empty lists get an empty list, and a failure the status that its client counts as one', async () => {
  const { ask, call, models } = await openTestApp()
  expect((await ask('/rlhf/align-anything', { prompts: [], responses: [] })).rewards).toEqual([])
  models.manner = 'unreachable'
  expect((await call('/rlhf/align-anything', { prompts: ['a'], responses: ['b'] })).status).toBe(503)
})
