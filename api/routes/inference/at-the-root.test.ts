import { describe, expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'

const chatml = '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nGOOD<|im_end|>'

describe('at the paths of the servers themselves the body says whose client it is', () => {
  test.each([
    ['/classify', { model: 'm', input: chatml }, { data: [{ probs: [1] }] }],
    ['/classify', { text: [chatml] }, [{ embedding: [1] }]],
    ['/v1/classify', { input: chatml }, { data: [{ probs: [0, 1] }] }],
    ['/pooling', { input: chatml }, { data: [{ data: [1] }] }],
    ['/score', { text_1: 'Hi', text_2: 'GOOD' }, { data: [{ score: 1 }] }],
    ['/v1/score', { queries: 'Hi', documents: ['GOOD'] }, { data: [{ score: 1 }] }],
    ['/v1/score', { query: 'Hi', items: ['GOOD'], label_token_ids: [1, 2] }, { scores: [[1, 0]] }],
    ['/rerank', { query: 'Hi', documents: ['GOOD'] }, { results: [{ index: 0, relevance_score: 1 }] }],
    ['/rerank', { query: 'Hi', texts: ['GOOD'] }, [{ index: 0, score: 1 }]],
    ['/v1/rerank', { query: 'Hi', documents: ['GOOD'] }, { results: [{ relevance_score: 1 }] }],
    ['/v2/rerank', { query: 'Hi', documents: ['GOOD'] }, { results: [{ relevance_score: 1 }] }],
    ['/predict', { inputs: ['Hi', 'GOOD'] }, [{ score: 1 }]],
    ['/', { inputs: ['Hi', 'GOOD'] }, [{ score: 1 }]],
    ['/', { query: 'Hi', texts: ['GOOD'] }, [{ index: 0, score: 1 }]],
    [
      '/verify',
      {
        responses_create_params: { input: 'Hi' },
        response: { output: [{ type: 'message', content: [{ type: 'output_text', text: 'GOOD' }] }] },
      },
      { reward: 1 },
    ],
    ['/seed_session', {}, {}],
  ])('%s of %j', async (path, body, expected) => {
    const { ask, call } = await openTestApp()
    expect(await ask(path, body)).toMatchObject(expected)
    expect((await call(path, body, { authorization: 'Bearer wrong' })).status).toBe(401)
  })

  test('two in one body are refused', async () => {
    const { call } = await openTestApp()
    const reply = await call('/classify', { input: chatml, text: chatml })
    expect(reply.status).toBe(400)
    const { message } = (await bodyOf(reply)).error
    expect(message).toContain('vllm/classify')
    expect(message).toContain('sglang/classify')
  })
})

test.each(['vllm', 'sglang', 'tei'])('GET /inference/%s/health needs no key', async (server) => {
  const { send } = await openTestApp()
  expect((await send(`/inference/${server}/health`)).status).toBe(200)
})

test.each(['vllm', 'sglang', 'nvidia'])(
  'GET /inference/%s/v1/models lists what /v1/models lists',
  async (server) => {
    const { ask, send } = await openTestApp()
    const path = `/inference/${server}/v1/models`
    expect(await ask(path)).toEqual(await ask('/v1/models'))
    expect((await send(path)).status).toBe(401)
  },
)

test('GET on a URL tells what its number is, each sample being scored by itself', async () => {
  const { ask } = await openTestApp()
  const described = await ask('/inference/vllm/classify')
  expect(described).toMatchObject({ name: 'vllm/classify', settings: { protocol: 'pointwise' } })
  expect(described.range.single).toEqual([0, 1])
  const compared = await ask('/inference/vllm/rerank?protocol=openrs')
  expect(compared.range.group).toEqual([-1, 1])
})

test('a path of one server tells errors as that server does, also of a body that is no JSON', async () => {
  const { call } = await openTestApp()
  const reply = await call('/predict', '{"inputs":')
  expect([reply.status, (await bodyOf(reply)).error_type]).toEqual([422, 'Validation'])
})
