import { describe, expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../../testing/test-app.ts'

const json = { 'content-type': 'application/json' }
const llama = (response: string) =>
  `<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nSay something.<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n${response}<|eot_id|>`

describe('/classify', () => {
  test("the bytes of Skywork's client, which reads embedding[0] of each", async () => {
    const { call } = await openTestApp()
    const bytes = `{"model": "Skywork/Skywork-Reward-V2", "text": [${JSON.stringify(llama('GOOD'))}, ${JSON.stringify(llama('bad'))}]}`
    const list = await bodyOf(await call('/inference/sglang/classify', bytes, json))
    expect(list.map(({ embedding }: { embedding: number[] }) => embedding[0])).toEqual([1, 0])
    expect(list[0].meta_info.judgments[0]).toMatch(/^jdg_/)
  })

  test('a single text is answered by a single object, and PUT is taken too', async () => {
    const { send, key } = await openTestApp()
    const headers = { authorization: `Bearer ${key}`, ...json }
    for (const method of ['POST', 'PUT']) {
      const body = JSON.stringify({ text: llama('GOOD') })
      const reply = await send('/inference/sglang/classify', { method, headers, body })
      expect(await bodyOf(reply)).toMatchObject({ embedding: [1], meta_info: { substituted: false } })
    }
  })

  test('what is not text is refused', async () => {
    const { call } = await openTestApp()
    for (const [body, param] of [
      [{ input_ids: [1, 2] }, 'input_ids'],
      [{ text: [[1, 2]] }, 'text.0'],
      [{ text: [] }, 'text'],
      [{ text: 'no template' }, 'text'],
    ] as const) {
      const reply = await call('/inference/sglang/classify', body)
      expect([reply.status, (await bodyOf(reply)).error.param]).toEqual([400, param])
    }
  })
})

test('/v1/classify gives probabilities that sum to 1, the score being the last', async () => {
  const { ask } = await openTestApp()
  const { data, object } = await ask('/inference/sglang/v1/classify', {
    input: [llama('GOOD'), llama('bad')],
  })
  expect(object).toBe('list')
  expect(data).toMatchObject([
    { index: 0, label: 'LABEL_1', probs: [0, 1], num_classes: 2 },
    { index: 1, label: 'LABEL_0', probs: [1, 0], num_classes: 2 },
  ])
})

test('/v1/embeddings as verl asks for it, which reads data[-1].embedding[-1]', async () => {
  const { call, ask } = await openTestApp()
  const bytes = `{"model": "m", "input": ${JSON.stringify(llama('GOOD'))}}`
  const { data, usage } = await bodyOf(await call('/inference/sglang/v1/embeddings', bytes, json))
  expect(data).toMatchObject([{ object: 'embedding', index: 0, embedding: [1] }])
  expect(usage.prompt_tokens).toBeGreaterThan(0)
  const packed = await ask('/inference/sglang/v1/embeddings', {
    input: llama('GOOD'),
    encoding_format: 'base64',
  })
  expect(packed.data[0].embedding).toBe('AACAPw==')
})

describe('/v1/score', () => {
  const body = { query: 'Say something.', items: ['GOOD', 'bad'], apply_softmax: true, model: 'm' }

  test('two label tokens are good and bad', async () => {
    const { ask } = await openTestApp()
    const reply = await ask('/inference/sglang/v1/score', { ...body, label_token_ids: [9454, 2753] })
    expect(reply).toMatchObject({
      scores: [
        [1, 0],
        [0, 1],
      ],
      model: 'm',
      object: 'scoring',
    })
    expect(reply.judgments.flat().length).toBe(2)
    const one = await ask('/inference/sglang/v1/score', { ...body, items: 'GOOD', label_token_ids: [9454] })
    expect(one.scores).toEqual([[1]])
  })

  test.each([
    [{ label_token_ids: [1, 2, 3] }, 'label_token_ids'],
    [{ items: [] }, 'items'],
    [{ query: [1, 2] }, 'query'],
    [{ items: [[1, 2]] }, 'items.0'],
  ])('%j is refused', async (fields, param) => {
    const { call } = await openTestApp()
    const reply = await call('/inference/sglang/v1/score', { ...body, ...fields })
    expect([reply.status, (await bodyOf(reply)).error.param]).toEqual([400, param])
  })
})

test('/v1/rerank is a bare list, the best first', async () => {
  const { ask } = await openTestApp()
  const body = { query: 'Say something.', documents: ['bad', 'GOOD'] }
  expect(await ask('/inference/sglang/v1/rerank', body)).toMatchObject([
    { score: 1, document: 'GOOD', index: 1 },
    { score: 0, document: 'bad', index: 0 },
  ])
  const bare = await ask('/inference/sglang/v1/rerank', { ...body, top_n: 1, return_documents: false })
  expect(bare).toMatchObject([{ score: 1, document: null, index: 1 }])
})

test('what has no reward fails the call, or is the number of the URL', async () => {
  const { ask, call, models } = await openTestApp()
  models.manner = 'status 500'
  const refused = await call('/inference/sglang/classify', { text: [llama('GOOD')] })
  expect([refused.status, (await bodyOf(refused)).error.code]).toEqual([503, 'not_scored'])
  const [one] = await ask('/inference/sglang/classify?on_error=-1', { text: [llama('GOOD')] })
  expect(one).toMatchObject({ embedding: [-1], meta_info: { substituted: true } })
})

test('an on_error that is no probability is refused where its complement would be told beside it', async () => {
  const { call } = await openTestApp()
  const bodies = { 'v1/classify': { input: llama('GOOD') }, 'v1/score': { query: '2+2?', items: ['4'] } }
  for (const [path, body] of Object.entries(bodies)) {
    const { error } = await bodyOf(await call(`/inference/sglang/${path}?on_error=-3.5`, body, json))
    expect(error).toMatchObject({ param: 'on_error', type: 'caller' })
    expect((await call(`/inference/sglang/${path}?on_error=0.5`, body, json)).status).toBe(200)
  }
})
