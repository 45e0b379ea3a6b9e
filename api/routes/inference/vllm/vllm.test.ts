import { describe, expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../../testing/test-app.ts'

const json = { 'content-type': 'application/json' }
const qwen = (response: string) =>
  `<|im_start|>system\nYou help.<|im_end|>\n<|im_start|>user\nSay something.<|im_end|>\n<|im_start|>assistant\n${response}<|im_end|>\n`
const turns = (response: string) => [
  { role: 'user', content: 'Say something.' },
  { role: 'assistant', content: response },
]

describe('/classify', () => {
  test('the bytes of verl, which reads data[-1].probs[-1]', async () => {
    const { call } = await openTestApp()
    const rewardOf = async (response: string) => {
      const bytes = `{"model": "Skywork/RM", "input": ${JSON.stringify(qwen(response))}, "use_activation": false}`
      const reply = await call('/inference/vllm/classify', bytes, { ...json, 'x-request-id': 'mine' })
      expect([reply.status, reply.headers.get('x-request-id')]).toEqual([200, 'mine'])
      expect(reply.headers.get('content-type')).toContain('application/json')
      const { data, model, object } = await bodyOf(reply)
      expect([model, object]).toEqual(['Skywork/RM', 'list'])
      return data.at(-1).probs.at(-1)
    }
    expect(await rewardOf('GOOD')).toBe(1)
    expect(await rewardOf('bad')).toBe(0)
  })

  test('a list is answered in its order, with the judgments and the tokens of this call', async () => {
    const { ask } = await openTestApp()
    const body = { model: 'm', input: [qwen('bad'), qwen('GOOD'), qwen('bad')] }
    const first = await ask('/inference/vllm/classify', body)
    expect(first.id).toMatch(/^classify-/)
    expect(
      first.data.map(({ index, probs }: { index: number; probs: number[] }) => [index, ...probs]),
    ).toEqual([
      [0, 0],
      [1, 1],
      [2, 0],
    ])
    expect(first.data[0]).toMatchObject({ label: 'LABEL_0', num_classes: 1, substituted: false })
    expect(first.data[0].judgments[0]).toMatch(/^jdg_/)
    expect(first.usage.prompt_tokens).toBeGreaterThan(0)
    const { prompt_tokens, completion_tokens, total_tokens } = first.usage
    expect(total_tokens).toBe(prompt_tokens + completion_tokens)
    const again = await ask('/inference/vllm/classify', body)
    expect(again.usage).toEqual({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 })
  })

  test('messages are one conversation, judged as the same text is', async () => {
    const { ask, models } = await openTestApp()
    const text = '<|im_start|>user\nSay something.<|im_end|>\n<|im_start|>assistant\nGOOD<|im_end|>'
    await ask('/inference/vllm/classify', { input: text })
    const { calls } = models
    const parts = [turns('GOOD')[0], { role: 'assistant', content: [{ type: 'text', text: 'GOOD' }] }]
    expect((await ask('/inference/vllm/classify', { messages: parts })).data[0].probs).toEqual([1])
    expect(models.calls).toBe(calls)
  })

  test('the activation maps a reward to 0..1: a draw of -1..1 is 0 raw and 0.5 activated', async () => {
    const { ask } = await openTestApp()
    const url = '/inference/vllm/classify?protocol=openrs&anchor=all'
    const input = [qwen('GOOD'), qwen('GOOD GOOD'), qwen('bad')]
    const probs = async (fields: object) =>
      (await ask(url, { input, ...fields })).data.map(({ probs: [only] }: { probs: number[] }) => only)
    const raw = await probs({ use_activation: false })
    const shares = await probs({ use_activation: true })
    expect(raw[1]).toBeGreaterThan(raw[0])
    expect(raw[2]).toBeLessThan(0)
    for (const [at, value] of raw.entries()) expect(shares[at]).toBeCloseTo((value + 1) / 2)
    expect(await probs({})).toEqual(shares)
    expect(await probs({ activation: false })).toEqual(raw)
  })
})

test('/pooling gives numbers, or 32-bit floats as base64', async () => {
  const { ask } = await openTestApp()
  const body = { model: 'm', messages: turns('GOOD') }
  const { data, object } = await ask('/inference/vllm/pooling', body)
  expect([object, data[0].object, data[0].data]).toEqual(['list', 'pooling', [1]])
  const packed = await ask('/inference/vllm/pooling', { ...body, encoding_format: 'base64' })
  expect(packed.data[0].data).toBe('AACAPw==')
})

describe('/score and /v1/score', () => {
  test.each([
    ['text_1', 'text_2'],
    ['queries', 'documents'],
    ['queries', 'items'],
    ['data_1', 'data_2'],
  ])('%s and %s: one prompt for all, or one for each', async (first, second) => {
    const { ask } = await openTestApp()
    const scores = async (path: string, body: object) => {
      const { data, object } = await ask(path, { model: 'm', ...body })
      expect([object, data[0].object]).toEqual(['list', 'score'])
      return data.map(({ score }: { score: number }) => score)
    }
    const responses = ['bad', 'GOOD']
    expect(await scores('/inference/vllm/score', { [first]: 'Hi', [second]: responses })).toEqual([0, 1])
    const each = { [first]: ['Hi', 'Ho'], [second]: responses }
    expect(await scores('/inference/vllm/v1/score', each)).toEqual([0, 1])
    expect(await scores('/inference/vllm/score', { [first]: 'Hi', [second]: 'GOOD' })).toEqual([1])
  })

  test('a document may be parts with text', async () => {
    const { ask } = await openTestApp()
    const documents = [{ content: [{ type: 'text', text: 'GOOD' }] }, { text: 'bad' }]
    const { data } = await ask('/inference/vllm/score', { queries: 'Hi', documents })
    expect(data.map(({ score }: { score: number }) => score)).toEqual([1, 0])
  })
})

describe('/rerank, /v1/rerank and /v2/rerank', () => {
  const body = { model: 'm', query: 'Hi', documents: ['bad', 'GOOD', 'bad again'] }

  test.each(['rerank', 'v1/rerank', 'v2/rerank'])(
    '%s sorts, the place in the body being index',
    async (path) => {
      const { ask } = await openTestApp()
      const { results, usage, model } = await ask(`/inference/vllm/${path}`, body)
      expect(model).toBe('m')
      expect(usage.total_tokens).toBeGreaterThan(0)
      expect(results).toMatchObject([
        { index: 1, relevance_score: 1, document: { text: 'GOOD' } },
        { index: 0, relevance_score: 0, document: { text: 'bad' } },
        { index: 2, relevance_score: 0, document: { text: 'bad again' } },
      ])
    },
  )

  test('top_n is how many, 0 all', async () => {
    const { ask } = await openTestApp()
    expect((await ask('/inference/vllm/rerank', { ...body, top_n: 1 })).results).toMatchObject([{ index: 1 }])
    expect((await ask('/inference/vllm/rerank', { ...body, top_n: 0 })).results.length).toBe(3)
  })

  test('a URL may ask for a comparison instead', async () => {
    const { ask } = await openTestApp()
    const url = '/inference/vllm/rerank?protocol=openrs&anchor=all&shaping=half'
    const documents = ['GOOD', 'bad', 'GOOD GOOD']
    const { results } = await ask(url, { query: 'Hi', documents, use_activation: false })
    expect(results.map(({ index }: { index: number }) => index)).toEqual([2, 0, 1])
    expect(results.map((one: { relevance_score: number }) => one.relevance_score)).toEqual([1, 0.5, 0])
  })
})

describe('what has no number', () => {
  test('fails the call with 503, or is the number of the URL, sorted as what it is', async () => {
    const { ask, call, models } = await openTestApp()
    models.manner = 'unreachable'
    const body = { input: qwen('GOOD') }
    const refused = await call('/inference/vllm/classify', body)
    expect([refused.status, refused.headers.has('retry-after')]).toEqual([503, true])
    expect((await bodyOf(refused)).error).toMatchObject({ code: 'not_scored', message: expect.any(String) })
    const { data } = await ask('/inference/vllm/classify?on_error=-3', body)
    expect(data[0]).toMatchObject({ probs: [-3], substituted: true })
  })

  test.each([
    ['classify', { input: [1, 2, 3] }, 'input.0'],
    ['classify', { input: [[1, 2], [3]] }, 'input.0'],
    ['classify', { input: [] }, 'input'],
    ['classify', { model: 'm' }, 'input'],
    ['classify', { input: 'no template at all' }, 'input'],
    ['classify', { input: [qwen('GOOD'), 'no template'] }, 'input.1'],
    ['classify', { messages: [{ role: 'user', content: 'Hi' }] }, 'messages'],
    ['classify', { messages: [{ role: 'assistant', content: 'Hi' }] }, 'messages'],
    ['pooling', { messages: turns('GOOD'), encoding_format: 'bytes' }, 'encoding_format'],
    ['pooling', { messages: turns('GOOD'), embed_dtype: 'float16' }, 'embed_dtype'],
    ['score', { text_1: ['a', 'b'], text_2: ['c'] }, 'text_1'],
    ['score', { text_1: 'a' }, 'text_1'],
    ['score', { text_1: '', text_2: 'GOOD' }, 'text_1'],
    ['score', { text_1: [1, 2], text_2: 'GOOD' }, 'text_1.0'],
    ['rerank', { query: 'a', documents: [] }, 'documents'],
    ['rerank', { query: 'a', documents: [null] }, 'documents.0'],
    ['rerank', { query: 'a', documents: ['b'], top_n: -1 }, 'top_n'],
    ['rerank', { query: { content: [{ type: 'image_url' }] }, documents: ['b'] }, 'query.content.0.type'],
  ])('%s of %j is refused, naming the field', async (path, body, param) => {
    const { call, models } = await openTestApp()
    const reply = await call(`/inference/vllm/${path}`, body)
    expect(reply.status).toBe(400)
    expect((await bodyOf(reply)).error.param).toBe(param)
    expect(models.calls).toBe(0)
  })

  test.each(['against=label', 'against=rubric', 'verifier=exact', 'protocol=rubric-arm/judge'])(
    '%s needs labels, which no such body has',
    async (setting) => {
      const { call } = await openTestApp()
      const reply = await call(`/inference/vllm/classify?${setting}`, { input: qwen('GOOD') })
      expect(reply.status).toBe(422)
      expect((await bodyOf(reply)).error).toMatchObject({ code: 'nothing_to_compare' })
    },
  )
})
