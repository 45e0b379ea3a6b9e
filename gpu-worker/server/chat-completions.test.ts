import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { fakeEngine } from '../testing/fake-engine.ts'
import { eventsOf, post, start, until } from '../testing/running-worker.ts'
import { chatCompletion, chunk } from '../testing/strict-openai.ts'

const hello = { model: 'fake-1m', messages: [{ role: 'user', content: 'What colour is the sky?' }] }

describe('chat completions', () => {
  it('answers in the strict OpenAI shape', async () => {
    const engine = fakeEngine()
    const reply = await post(await start(engine), '/v1/chat/completions', {
      ...hello,
      messages: [{ role: 'developer', content: 'Be brief.' }, ...hello.messages],
      // The older name gives way.
      max_tokens: 5,
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
      prompt_tokens: 7,
      completion_tokens: 3,
      total_tokens: 10,
      prompt_tokens_details: { cached_tokens: 1 },
    })
    expect(engine.seen[0]).toMatchObject({
      messages: [{ role: 'system', content: 'Be brief.' }, ...hello.messages],
      maxTokens: 3,
      temperature: 0.5,
      topP: 0.9,
      seed: 11,
      stop: ['green'],
      topLogprobs: 2,
    })
  })

  it('names no model that somebody trained, and the roles of one that only judges', async () => {
    const engine = fakeEngine()
    const worker = await start(engine)
    for (const name of ['house', 'ft-x-judge', 'ft-x-generator']) await engine.loadAdapter(name, '/a')
    const sentenceFor = async (model: string) => {
      const reply = await post(worker, '/v1/chat/completions', { ...hello, model })
      expect(reply.status).toBe(404)
      return (await reply.json()).error.message
    }
    expect(await sentenceFor('gpt')).toBe("This worker serves 'fake-1m', 'fake-1m:house', not 'gpt'.")
    expect(await sentenceFor('fake-1m:ft-x')).toMatch(/rubric-arm.*'fake-1m:ft-x-judge', 'fake-1m:ft-x-gen/)
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
    const engine = fakeEngine({ delayMs: 50 })
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
    const engine = fakeEngine({ delayMs: 300 })
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
    const brief = { ...hello, max_tokens: 1 }
    const next = await Promise.all(calls.map(() => post(worker, '/v1/chat/completions', brief).catch(String)))
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
    [{ ...hello, n: 17 }, 400, 'invalid_request', 'n'],
    [{ ...hello, n: 0 }, 400, 'invalid_request', 'n'],
    [{ ...hello, n: 1e9 }, 400, 'invalid_request', 'n'],
    [{ ...hello, tools: [{ type: 'function' }] }, 400, 'invalid_request', 'tool_choice'],
    [{ ...hello, logit_bias: { 50256: -100 } }, 400, 'invalid_request', 'logit_bias'],
    [{ ...hello, frequency_penalty: 0.5 }, 400, 'invalid_request', 'frequency_penalty'],
    [{ ...hello, modalities: ['text', 'audio'] }, 400, 'invalid_request', 'modalities'],
    [{ ...hello, top_k: 20 }, 400, 'invalid_request', 'top_k'],
    [{ ...hello, guided_choice: [] }, 400, 'invalid_request', 'guided_choice'],
    [{ ...hello, guided_json: 'no schema' }, 400, 'invalid_request', 'guided_json'],
    [
      { ...hello, structured_outputs: { grammar: 'root' } },
      400,
      'unknown_field',
      'structured_outputs.grammar',
    ],
    [
      { ...hello, guided_regex: 'a+', response_format: { type: 'json_object' } },
      400,
      'invalid_request',
      'guided_regex',
    ],
    [
      { ...hello, messages: [{ role: 'assistant', content: '', tool_calls: [{ id: '1' }] }] },
      400,
      'invalid_request',
      'messages.0.tool_calls',
    ],
    [{ ...hello, top_logprobs: 21, logprobs: true }, 400, 'invalid_request', 'top_logprobs'],
    [{ ...hello, top_logprobs: 2 }, 400, 'invalid_request', 'top_logprobs'],
    [
      { ...hello, response_format: { type: 'json_schema' } },
      400,
      'invalid_request',
      'response_format.json_schema',
    ],
    [{ ...hello, response_format: { type: 'xml' } }, 400, 'invalid_request', 'response_format.type'],
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
    const worker = await start(fakeEngine({ delayMs: 150 }), { queue: 32 })
    const ask = (stream: boolean) => post(worker, '/v1/chat/completions', { ...hello, stream })
    for (let i = 0; i < 40; i++) await (await post(worker, '/v1/chat/completions', '{')).text()
    const replies = await Promise.all(Array.from({ length: 40 }, (_, index) => ask(index % 2 === 0)))
    const refused = replies.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(8)
    expect(refused[0]?.headers.get('retry-after')).toBe('2')
    await Promise.all(replies.map((reply) => reply.text()))
    expect((await ask(false)).status).toBe(200)
  })
})
