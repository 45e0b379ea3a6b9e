import { describe, expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'

/** A body as the service posts it: the whole row of the data set, and a chat completion's style of output. */
const bytes = (sample: object, item: object) =>
  JSON.stringify({ sample, item, trace_id: 'trace_3f2504e0-4f89-41d3-9a0c-0305e82c3301' })
const messages = [{ role: 'user', content: '2+2?' }]

test('the score of an output for the prompt of its row', async () => {
  const { call } = await openTestApp()
  const reply = await call('/grade', bytes({ output_text: 'GOOD' }, { messages, reference_answer: '4' }))
  expect(reply.status).toBe(200)
  expect(await bodyOf(reply)).toMatchObject({ score: 1, substituted: false })
})

test('a row with nothing but a target will do for a verifier', async () => {
  const { ask } = await openTestApp()
  const url = '/rlhf/foundry?verifier=numeric_answer'
  expect(await ask(url, bytes({ output_text: '4' }, { target: 4 }))).toMatchObject({ score: 1 })
  expect(await ask(url, bytes({ output_text: '5' }, { target: 4 }))).toMatchObject({ score: 0 })
})

describe('where things are', () => {
  const choices = [{ message: { role: 'assistant', content: '4' } }]
  test.each([
    ['', { output_text: '4' }, { question: '2+2?', answer: '4' }],
    ['', { output_text: null, choices }, { prompt: '2+2?', ground_truth: 4 }],
    ['', { output_json: 4 }, { input: messages, label: '4' }],
    ['&prompt=item.q.text&label=item.gold', { output_text: '4' }, { q: { text: '2+2?' }, gold: '4' }],
    [
      '&response=sample.choices.0.message.content',
      { output_text: '', choices },
      { query: 'a', expected: '4' },
    ],
  ])('%s %j %j', async (settings, sample, item) => {
    const { ask } = await openTestApp()
    const scored = await ask(`/rlhf/foundry?verifier=exact${settings}`, bytes(sample, item))
    expect(scored).toMatchObject({ score: 1 })
  })

  test.each([
    ['', { output_text: '4' }, { id: 7 }, 'item', 'put prompt=item.FIELD in the URL'],
    ['', { tokens: 3 }, { prompt: 'p' }, 'sample', 'which has tokens: put response=sample.FIELD'],
    ['?prompt=item.q', { output_text: '4' }, { prompt: 'p' }, 'item.q', "'item.q' is not in the body"],
    ['?prompt=item.q', { output_text: '4' }, { q: '' }, 'item.q', 'is empty'],
    ['?prompt=item..q', {}, {}, 'prompt', 'must be names with dots'],
    ['?reply=object', {}, {}, 'reply', 'leave reply out'],
    ['?prompt=item.constructor', { output_text: '4' }, {}, 'item.constructor', 'is not in the body'],
  ])('%s %j %j is refused with what to put where', async (settings, sample, item, param, words) => {
    const { call } = await openTestApp()
    const reply = await call(`/rlhf/foundry${settings}`, bytes(sample, item))
    const { error } = await bodyOf(reply)
    expect([reply.status, error.param]).toEqual([400, param])
    expect(error.message).toContain(words)
  })
})

test('no label where one is wanted names where it was sought, and a failure is 503', async () => {
  const { call, models } = await openTestApp()
  const unlabelled = bytes({ output_text: '4' }, { messages, answer: null })
  const reply = await call('/rlhf/foundry?against=label&label=item.answer', unlabelled)
  expect([reply.status, (await bodyOf(reply)).error.param]).toEqual([422, 'item.answer'])
  models.manner = 'unreachable'
  expect((await call('/rlhf/foundry', unlabelled)).status).toBe(503)
})
