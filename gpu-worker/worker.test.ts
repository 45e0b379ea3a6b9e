import { afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { workerKey } from '../shared/identity/worker-key.ts'
import { judgment, pairJudgment } from '../shared/protocol/judgment.ts'
import type { Engine } from './generate/engine.ts'
import { type FakeEngine, fakeEngine } from './server/fake-engine.ts'
import { chatCompletion, chunk } from './server/strict-openai.ts'
import { type Serving, startWorker, type Worker } from './worker.ts'

const running: Worker[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.close()))
})

async function start(engine: Engine | Promise<Engine>, serving: Partial<Serving> = {}): Promise<Worker> {
  const worker = await startWorker({ engine, port: 0, secret: null, open: true, ...serving })
  running.push(worker)
  return worker
}

function post(worker: Worker, path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(worker.url + path, { method: 'POST', body: text, ...init })
}

const hello = { model: 'fake-1m', messages: [{ role: 'user', content: 'What colour is the sky?' }] }
const pair = { prompt: 'Say something.', responses: ['other', 'GOOD'] }

/** The data of each server-sent event. */
async function eventsOf(reply: Response): Promise<string[]> {
  return (await reply.text()).split('\n\n').flatMap((event) => /^data: (.*)$/m.exec(event)?.[1] ?? [])
}

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('health', () => {
  it('answers while the model loads, and once it is there', async () => {
    const { promise, resolve } = Promise.withResolvers<Engine>()
    const worker = await start(promise)
    const loading = await fetch(`${worker.url}/healthz`)
    expect(loading.status).toBe(503)
    expect(await loading.json()).toMatchObject({ error: { code: 'loading' } })
    const early = await post(worker, '/v1/chat/completions', hello)
    expect([early.status, early.headers.get('retry-after')]).toEqual([503, '3'])
    resolve(fakeEngine())
    await promise
    const ready = await fetch(`${worker.url}/healthz`)
    expect(await ready.json()).toMatchObject({
      status: 'ok',
      model: { id: 'fake-1m', context: 100 },
      load: { queued: 0, running: 0 },
    })
  })

  it('says why there is no model', async () => {
    const failed = Promise.reject(new Error('Give a file: the model could not be fetched.'))
    const worker = await start(failed)
    const reply = await fetch(`${worker.url}/healthz`)
    expect([reply.status, await reply.json()]).toEqual([
      503,
      {
        error: {
          code: 'not_configured',
          type: 'service',
          message: 'Give a file: the model could not be fetched.',
        },
      },
    ])
  })
})

describe('access', () => {
  it('is for those who hold the key', async () => {
    const worker = await start(fakeEngine(), { secret: 'hush', open: false })
    const models = (authorization?: string) =>
      fetch(`${worker.url}/v1/models`, { headers: authorization ? { authorization } : {} })
    expect((await models()).status).toBe(401)
    expect((await models('Bearer hush')).status).toBe(401)
    expect((await models(`Bearer ${await workerKey('hush')}x`)).status).toBe(401)
    const reply = await models(`Bearer ${await workerKey('hush')}`)
    expect(await reply.json()).toMatchObject({ object: 'list', data: [{ id: 'fake-1m', object: 'model' }] })
    expect((await fetch(`${worker.url}/healthz`)).status).toBe(200)
  })

  it('is refused to web pages when it is open', async () => {
    const worker = await start(fakeEngine())
    const from = (origin: string) => fetch(`${worker.url}/v1/models`, { headers: { origin } })
    expect((await from('https://evil.test')).status).toBe(403)
    expect((await from('null')).status).toBe(403)
    expect((await from('http://localhost:3000')).status).toBe(200)
  })

  it('needs a secret unless it is open, and is open to this machine alone', async () => {
    const serving = { engine: fakeEngine(), port: 0, secret: null }
    await expect(startWorker(serving)).rejects.toThrow('PLUMBLINE_SECRET')
    await expect(startWorker({ ...serving, open: true, host: '0.0.0.0' })).rejects.toThrow('127.0.0.1')
  })

  it('says which port is taken', async () => {
    const { url } = await start(fakeEngine())
    const port = Number(new URL(url).port)
    await expect(start(fakeEngine(), { port })).rejects.toThrow(`Port ${port} is taken`)
  })
})

describe('chat completions', () => {
  it('answers in the strict OpenAI shape', async () => {
    const engine = fakeEngine()
    const reply = await post(await start(engine), '/v1/chat/completions', {
      ...hello,
      max_completion_tokens: 3,
      temperature: 0.5,
      top_p: 0.9,
      seed: 11,
      stop: 'green',
      logprobs: true,
      top_logprobs: 2,
      unheard_of: true,
    })
    const answer = chatCompletion.parse(await reply.json())
    expect(answer.choices[0]).toMatchObject({ message: { content: 'The sky is' }, finish_reason: 'length' })
    expect(answer.choices[0].logprobs?.content.map(({ token }) => token)).toEqual(['The', ' sky', ' is'])
    expect(answer.choices[0].logprobs?.content[0]?.top_logprobs).toHaveLength(2)
    expect(answer.usage).toEqual({
      prompt_tokens: 5,
      completion_tokens: 3,
      total_tokens: 8,
      prompt_tokens_details: { cached_tokens: 1 },
    })
    expect(engine.seen[0]).toMatchObject({
      maxTokens: 3,
      temperature: 0.5,
      topP: 0.9,
      seed: 11,
      stop: ['green'],
      topLogprobs: 2,
    })
  })

  it('streams the same answer, with usage for those who ask', async () => {
    const worker = await start(fakeEngine())
    const ask = { ...hello, stream: true, logprobs: true, stream_options: { include_usage: true } }
    const reply = await post(worker, '/v1/chat/completions', ask)
    expect(reply.headers.get('content-type')).toMatch('text/event-stream')
    const events = await eventsOf(reply)
    expect(events.at(-1)).toBe('[DONE]')
    const chunks = events.slice(0, -1).map((event) => chunk.parse(JSON.parse(event)))
    const choices = chunks.flatMap(({ choices }) => choices)
    expect(choices.map(({ delta }) => delta.content ?? '').join('')).toBe('The sky is blue.')
    expect(choices.flatMap(({ logprobs }) => logprobs?.content ?? [])).toHaveLength(5)
    expect(choices.map(({ finish_reason }) => finish_reason).filter(Boolean)).toEqual(['stop'])
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 5 } })
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
    const plain = await eventsOf(await post(worker, '/v1/chat/completions', { ...hello, stream: true }))
    expect(plain.join()).not.toContain('usage')
  })

  it.each(['streamed', 'whole'])('stops generating when the caller hangs up, %s', async (way) => {
    const engine: FakeEngine = fakeEngine({ delayMs: 50 })
    const worker = await start(engine)
    const caller = new AbortController()
    const body = { ...hello, stream: way === 'streamed' }
    const reply = post(worker, '/v1/chat/completions', body, { signal: caller.signal }).then((r) => r.text())
    await until(() => engine.seen.length === 1)
    caller.abort()
    await expect(reply).rejects.toThrow()
    await until(() => engine.ended.length === 1)
    expect(engine.ended).toEqual(['aborted'])
  })

  it('gives the places of callers who hung up to the next, whether they had begun to read or not', async () => {
    const engine = fakeEngine({ delayMs: 30 })
    const worker = await start(engine)
    const callers = new AbortController()
    let reading = 0
    const calls = Array.from({ length: 32 }, async (_, index) => {
      const ask = { ...hello, stream: index % 2 === 0 }
      const reply = await post(worker, '/v1/chat/completions', ask, { signal: callers.signal })
      reading++
      await reply.text()
    })
    await until(() => engine.seen.length === 32 && reading === 16)
    callers.abort()
    const ends = await Promise.allSettled(calls)
    expect(ends.map(({ status }) => status)).toEqual(Array(32).fill('rejected'))
    await until(() => engine.ended.length === 32)
    const next = await Promise.all(calls.map(() => post(worker, '/v1/chat/completions', hello).catch(String)))
    expect(next.map((reply) => (typeof reply === 'string' ? reply : reply.status))).toEqual(
      Array(32).fill(200),
    )
  })

  it.each([
    ['{"model":', 400, 'invalid_json', undefined],
    ['[]', 400, 'invalid_request', undefined],
    [{ ...hello, messages: [] }, 400, 'invalid_request', 'messages'],
    [
      { ...hello, messages: [{ role: 'user', content: 'a\ud800' }] },
      400,
      'invalid_text',
      'messages.0.content',
    ],
    [{ ...hello, model: 'gpt' }, 404, 'model_not_found', 'model'],
    [{ ...hello, n: 2 }, 400, 'invalid_request', 'n'],
    [{ ...hello, top_logprobs: 21, logprobs: true }, 400, 'invalid_request', 'top_logprobs'],
    [{ ...hello, top_logprobs: 2 }, 400, 'invalid_request', 'top_logprobs'],
    [{ ...hello, response_format: { type: 'json_schema' } }, 400, 'invalid_request', 'response_format'],
    [
      { ...hello, messages: [{ role: 'user', content: 'a '.repeat(200) }] },
      422,
      'context_exceeded',
      undefined,
    ],
    [
      { ...hello, stream: true, messages: [{ role: 'user', content: 'a '.repeat(200) }] },
      422,
      'context_exceeded',
      undefined,
    ],
  ])('refuses %j with %d %s', async (body, status, code, param) => {
    const reply = await post(await start(fakeEngine()), '/v1/chat/completions', body)
    expect(reply.status).toBe(status)
    const { error } = z.object({ error: z.record(z.string(), z.unknown()) }).parse(await reply.json())
    expect(error).toMatchObject({ code, type: 'caller', message: expect.stringMatching(/\.$/) })
    expect(error.param).toBe(param)
  })

  it('refuses a body that is too large, with and without a declared length', async () => {
    const worker = await start(fakeEngine())
    const large = new Uint8Array(9_000_000).fill(97)
    const declared = await fetch(`${worker.url}/v1/judgments`, { method: 'POST', body: large })
    expect([declared.status, await declared.json()]).toMatchObject([
      413,
      { error: { code: 'body_too_large' } },
    ])
    const chunked = { method: 'POST', body: new Blob([large]).stream(), duplex: 'half' } as const
    const streamed = await fetch(`${worker.url}/v1/judgments`, chunked)
    expect([streamed.status, await streamed.json()]).toMatchObject([
      413,
      { error: { code: 'body_too_large' } },
    ])
  })

  it('turns callers away while its hands are full, and takes them again', async () => {
    const worker = await start(fakeEngine({ delayMs: 20 }))
    const ask = (stream: boolean) => post(worker, '/v1/chat/completions', { ...hello, stream })
    for (let i = 0; i < 40; i++) await (await post(worker, '/v1/chat/completions', '{')).text()
    const replies = await Promise.all(Array.from({ length: 40 }, (_, index) => ask(index % 2 === 0)))
    const refused = replies.filter(({ status }) => status === 503)
    expect(refused).toHaveLength(8)
    expect(refused[0]?.headers.get('retry-after')).toBe('2')
    await Promise.all(replies.map((reply) => reply.text()))
    expect((await ask(false)).status).toBe(200)
  })
})

describe('judgments', () => {
  it('judges a pair with the engine, by chosen labels', async () => {
    const worker = await start(fakeEngine())
    const answer = pairJudgment.parse(await (await post(worker, '/v1/judgments', pair)).json())
    expect(answer).toMatchObject({ winner: 'second', decided_by: 'rubric', model: 'fake-1m', error: null })
    expect(answer.score).toBeLessThan(0)
    expect(answer.rubric?.criteria).toHaveLength(5)
    expect(answer.usage.judge_calls).toBeGreaterThan(10)
  })

  it('judges a single response', async () => {
    const worker = await start(fakeEngine())
    const score = async (response: string) => {
      const body = { protocol: 'pointwise', prompt: 'Say something.', responses: [response] }
      return judgment.parse(await (await post(worker, '/v1/judgments', body)).json()).score ?? Number.NaN
    }
    expect(await score('GOOD')).toBeGreaterThan(await score('other'))
  })

  it('streams what it finds, in the order of the caller', async () => {
    const worker = await start(fakeEngine())
    const text = await (await post(worker, '/v1/judgments', { ...pair, stream: true })).text()
    const names = [...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name)
    expect(names).toEqual(['rubric', ...Array(10).fill('verdict'), 'result'])
    const verdicts = text.split('\n\n').filter((event) => event.includes('event: verdict'))
    const result = judgment.parse(JSON.parse(text.split('event: result\ndata: ')[1] ?? ''))
    if (result.protocol !== 'openrs') throw new Error('a pair was asked for')
    for (const { order, criteria } of result.orders) {
      for (const { verdict } of criteria) {
        expect(verdicts.some((event) => event.includes(order) && event.includes(String(verdict)))).toBe(true)
      }
    }
  })

  it('uses the rubric that it is sent', async () => {
    const rubric = { criteria: [{ id: 'only', level: 'core', title: 'Says GOOD' }] }
    const reply = await post(await start(fakeEngine()), '/v1/judgments', { ...pair, rubric })
    expect(pairJudgment.parse(await reply.json())).toMatchObject({ winner: 'second', rubric })
  })

  it.each([
    [{ ...pair, responses: ['one'] }, 400, 'invalid_request', 'responses'],
    [{ ...pair, vote: 3 }, 400, 'unknown_field', 'vote'],
    [{ ...pair, model: 'gpt' }, 404, 'model_not_found', 'model'],
    [{ ...pair, meta_rubric: 'nope' }, 404, 'meta_rubric_not_found', 'meta_rubric'],
    [{ ...pair, rubric: 'rub_1' }, 404, 'rubric_not_found', 'rubric'],
  ])('refuses %j with %d %s', async (body, status, code, param) => {
    const reply = await post(await start(fakeEngine()), '/v1/judgments', body)
    expect([reply.status, await reply.json()]).toMatchObject([status, { error: { code, param } }])
  })

  it('has no score in a mode that its model cannot do', async () => {
    const reply = await post(await start(fakeEngine()), '/v1/judgments', { ...pair, mode: 'single' })
    expect(await reply.json()).toMatchObject({ winner: null, score: null, error: { param: 'mode' } })
  })
})

it('closes its engine', async () => {
  const engine = fakeEngine()
  const worker = await startWorker({ engine, port: 0, secret: 's' })
  await worker.close()
  expect(engine.closed).toBe(true)
  await expect(fetch(`${worker.url}/healthz`)).rejects.toThrow()
})
