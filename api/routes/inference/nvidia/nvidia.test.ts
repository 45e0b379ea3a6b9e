import { describe, expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../../testing/test-app.ts'

const url = '/inference/nvidia/v1/chat/completions'
/** A body as the OpenAI SDK sends it for NeMo Curator and CAMEL. */
const bytes = (response: string) =>
  `{"messages":[{"role":"user","content":"Say something."},{"role":"assistant","content":${JSON.stringify(response)}}],"model":"nvidia/llama-3.1-nemotron-70b-reward"}`

test('the reward is told in the content and, unasked, as a log-probability', async () => {
  const { call } = await openTestApp()
  const reply = await bodyOf(await call(url, bytes('GOOD')))
  expect(reply).toMatchObject({ object: 'chat.completion', model: 'nvidia/llama-3.1-nemotron-70b-reward' })
  expect(reply.choices).toMatchObject([
    {
      ...{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'reward:1' } },
      logprobs: { content: [{ token: 'reward', logprob: 1, bytes: null, top_logprobs: [] }] },
    },
  ])
  expect(reply.usage.total_tokens).toBeGreaterThan(0)
  expect((await bodyOf(await call(url, bytes('bad')))).choices[0].message.content).toBe('reward:0')
})

describe('attributes=', () => {
  const rubric = {
    criteria: [
      { id: 'answers', weight: 2, title: 'Answers what was asked', tags: ['helpfulness'] },
      { id: 'true', weight: 1, title: 'Is true', tags: ['correctness'] },
    ],
  }

  test('the meta-classes of a rubric take the place of the reward', async () => {
    const { ask } = await openTestApp()
    const { id } = await ask('/v1/rubrics', rubric)
    const { choices } = await ask(`${url}?rubric=${id}&attributes=helpfulness,correctness`, bytes('GOOD'))
    expect(choices[0].message.content).toBe('helpfulness:1,correctness:1')
    expect(choices[0].logprobs.content.map(({ token }: { token: string }) => token)).toEqual([
      'helpfulness',
      'correctness',
    ])
  })

  test('one that the rubric has nothing for is no number', async () => {
    const { ask, call } = await openTestApp()
    const { id } = await ask('/v1/rubrics', rubric)
    const wit = `${url}?rubric=${id}&attributes=helpfulness,wit`
    const refused = await call(wit, bytes('GOOD'))
    expect(refused.status).toBe(422)
    expect((await bodyOf(refused)).error).toMatchObject({ code: 'invalid_rubric', param: 'attributes' })
    const filled = await ask(`${wit}&on_error=-1`, bytes('GOOD'))
    expect(filled.choices[0].message.content).toBe('helpfulness:1,wit:-1')
    expect(filled.substituted).toBe(true)
  })

  test('an empty response has the lowest of each, and a judge that fails gives none', async () => {
    const { ask, call, models } = await openTestApp()
    const { id } = await ask('/v1/rubrics', rubric)
    const both = `${url}?rubric=${id}&attributes=helpfulness,correctness`
    const { choices } = await ask(both, bytes(''))
    expect(choices[0].message.content).toBe('helpfulness:0,correctness:0')
    models.manner = 'unreachable'
    expect((await call(both, bytes('GOOD'))).status).toBe(503)
    const filled = await ask(`${both}&on_error=-2`, bytes('GOOD'))
    expect([filled.choices[0].message.content, filled.substituted]).toEqual([
      'helpfulness:-2,correctness:-2',
      true,
    ])
  })

  test.each([
    'attributes=a b',
    'attributes=a&protocol=openrs',
    'attributes=a&scoring=implicit',
    'rubric=mine',
  ])('%s is refused', async (settings) => {
    const { call } = await openTestApp()
    expect((await call(`${url}?${settings}`, bytes('GOOD'))).status).toBe(400)
  })
})

test('what has no reward fails the call, or is the number of the URL without an exponent', async () => {
  const { ask, call, models } = await openTestApp()
  models.manner = 'unreachable'
  const refused = await call(url, bytes('GOOD'))
  expect([refused.status, (await bodyOf(refused)).error.code]).toEqual([503, 'not_scored'])
  const { choices } = await ask(`${url}?on_error=-1e-5`, bytes('GOOD'))
  expect(choices[0].message.content).toBe('reward:-0.00001')
})

test.each([
  [{ messages: [{ role: 'user', content: 'Hi' }] }, 'messages'],
  [{ messages: [] }, 'messages'],
  [
    {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'GOOD' },
      ],
      stream: true,
    },
    'stream',
  ],
  [
    {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'GOOD' },
      ],
      n: 2,
    },
    'n',
  ],
])('%j is refused', async (body, param) => {
  const { call } = await openTestApp()
  const reply = await call(url, body)
  expect([reply.status, (await bodyOf(reply)).error.param]).toEqual([400, param])
})
