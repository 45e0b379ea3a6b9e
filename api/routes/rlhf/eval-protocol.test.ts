import { describe, expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'

/** A body as RewardFunction(mode="remote") sends it: requests' JSON, with extra arguments beside its own. */
const bytes = (response: string, truth = '"4"') =>
  `{"messages": [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": ${JSON.stringify(response)}}], "ground_truth": ${truth}, "temperature": 0.5}`
const headers = { 'content-type': 'application/json' }

test('an EvaluateResult, whose metrics are 0 to 1', async () => {
  const { call } = await openTestApp()
  const reply = await call('/reward?against=label', bytes('bad', '"GOOD GOOD"'), headers)
  expect(reply.status).toBe(200)
  const result = await bodyOf(reply)
  expect(result).toMatchObject({ score: -1, is_score_valid: true, step_outputs: null, error: null })
  expect(result.metrics.plumbline).toMatchObject({ score: 0, success: true, reason: result.reason })
  expect(result.reason).toContain(result.judgments[0])
})

describe('the ground truth', () => {
  const context = '[{"role": "user", "content": "2+2?"}]'
  const answered = `[{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}]`

  test.each([['"4"'], ['4'], [answered]])('%s is a label', async (truth) => {
    const { ask } = await openTestApp()
    expect(await ask('/evaluate?verifier=exact', bytes('4', truth))).toMatchObject({ score: 1 })
  })

  test.each([[context], ['null'], ['[]']])('%s, which a client without one sends, is none', async (truth) => {
    const { call, ask } = await openTestApp()
    const reply = await call('/evaluate?verifier=exact', bytes('4', truth))
    expect([reply.status, (await bodyOf(reply)).error.param]).toEqual([422, 'ground_truth'])
    expect(await ask('/evaluate', bytes('GOOD', truth))).toMatchObject({ score: 1 })
  })
})

test('messages may hold parts of text and calls of tools', async () => {
  const { ask } = await openTestApp()
  const messages = [
    {
      role: 'developer',
      content: [
        { type: 'text', text: 'Be ' },
        { type: 'text', text: 'brief.' },
      ],
    },
    { role: 'user', content: 'Moon?' },
    { role: 'assistant', content: null, tool_calls: [{ id: '1', function: { name: 'f', arguments: '{}' } }] },
    { role: 'tool', content: '384400' },
    { role: 'assistant', content: 'GOOD' },
  ]
  expect(await ask('/reward', { messages })).toMatchObject({ score: 1 })
})

test.each([
  [[{ role: 'user', content: '2+2?' }], 'messages'],
  [
    [
      { role: 'user', content: 'a' },
      { role: 'user', content: 'b' },
    ],
    'messages',
  ],
  [
    [
      { role: 'user', content: '' },
      { role: 'assistant', content: 'b' },
    ],
    'messages',
  ],
  [
    [
      { role: 'user', content: [{ type: 'image_url', image_url: {} }] },
      { role: 'assistant', content: 'b' },
    ],
    'messages.0.content.0.text',
  ],
])('%j is refused, naming the field', async (messages, param) => {
  const { call } = await openTestApp()
  const reply = await call('/reward', { messages })
  expect([reply.status, (await bodyOf(reply)).error.param]).toEqual([400, param])
})

test('without a reward the score is null and not valid, with a status that raises in the client', async () => {
  const { call, models } = await openTestApp()
  models.manner = 'refuses the key'
  const reply = await call('/reward', bytes('GOOD'))
  expect([reply.status, reply.headers.has('retry-after')]).toEqual([503, true])
  const result = await bodyOf(reply)
  expect(result).toMatchObject({ score: null, is_score_valid: false, metrics: {}, error: expect.any(String) })
  const substituted = await bodyOf(await call('/reward?on_error=-1', bytes('GOOD')))
  expect(substituted).toMatchObject({ score: -1, is_score_valid: false, error: expect.any(String) })
})
