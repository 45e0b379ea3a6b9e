import { describe, expect, it, vi } from 'vitest'
import { fakeEngine } from '../testing/fake-engine.ts'
import { eventsOf, post, start, until } from '../testing/running-worker.ts'
import { chatCompletion, chunk } from '../testing/strict-openai.ts'

const hello = { model: 'fake-1m', messages: [{ role: 'user', content: 'What colour is the sky?' }], seed: 11 }

/** Says its seed, so that choices differ, in as many tokens as it has digits. */
const sayer = (delayMs = 0) => fakeEngine({ delayMs, write: ({ seed }) => [...String(seed)] })

describe('several choices', () => {
  it('are made with seeds of their own, the first as if it were alone', async () => {
    const engine = sayer()
    const worker = await start(engine)
    const ask = async (n: number) =>
      chatCompletion.parse(await (await post(worker, '/v1/chat/completions', { ...hello, n })).json())
    const { choices, usage } = await ask(16)
    expect(choices.map(({ index }) => index)).toEqual([...Array(16).keys()])
    const contents = choices.map(({ message }) => message.content)
    expect(contents[0]).toBe('11')
    expect(new Set(contents).size).toBe(16)
    expect(usage.prompt_tokens).toBe(5)
    expect(usage.completion_tokens).toBe(contents.join('').length)
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens)
    const again = await ask(3)
    expect(again.choices.map(({ message }) => message.content)).toEqual(contents.slice(0, 3))
  })

  it('are made at once and streamed as they come, each with its index and log-probabilities', async () => {
    const worker = await start(sayer(5))
    const options = { n: 3, stream: true, logprobs: true, top_logprobs: 1 }
    const body = { ...hello, ...options, stream_options: { include_usage: true } }
    const events = await eventsOf(await post(worker, '/v1/chat/completions', body))
    expect(events.at(-1)).toBe('[DONE]')
    const chunks = events.slice(0, -1).map((event) => chunk.parse(JSON.parse(event)))
    const pieces = chunks.flatMap(({ choices }) => choices)
    const plain = chatCompletion.parse(
      await (await post(worker, '/v1/chat/completions', { ...hello, n: 3 })).json(),
    )
    for (const { index, message } of plain.choices) {
      const own = pieces.filter((piece) => piece.index === index)
      expect(own.map(({ delta }) => delta.content ?? '').join('')).toBe(message.content)
      expect(own.flatMap(({ logprobs }) => logprobs?.content ?? [])).toHaveLength(message.content.length)
      expect(own[0]?.delta.role).toBe('assistant')
      expect(own.at(-1)?.finish_reason).toBe('stop')
    }
    const order = pieces.filter(({ logprobs }) => logprobs).map(({ index }) => index)
    expect(order.lastIndexOf(0)).toBeGreaterThan(order.indexOf(2))
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: plain.usage })
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)
  })

  it.each(['streamed', 'whole'])('all end when the caller hangs up, %s', async (way) => {
    const engine = sayer(50)
    const worker = await start(engine)
    const caller = new AbortController()
    const body = { ...hello, n: 5, stream: way === 'streamed' }
    const reply = post(worker, '/v1/chat/completions', body, { signal: caller.signal }).then((r) => r.text())
    await until(() => engine.seen.length === 5)
    caller.abort()
    await expect(reply).rejects.toThrow()
    await until(() => engine.ended.length === 5)
    expect(engine.ended).toEqual(Array(5).fill('aborted'))
  })

  it.each([true, false])('all end when one fails, and say why (stream: %j)', async (stream) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const engine = fakeEngine({
      delayMs: 10,
      write: ({ seed }) => {
        if (seed !== 11) throw new TypeError('broken')
        return Array(1000).fill('x')
      },
    })
    const reply = await post(await start(engine), '/v1/chat/completions', { ...hello, n: 2, stream })
    expect([reply.status, await reply.json()]).toMatchObject([500, { error: { code: 'internal' } }])
    await until(() => engine.ended.length === 1)
    expect(engine.ended).toEqual(['aborted'])
    expect(log).toHaveBeenCalledWith(expect.objectContaining({ message: 'broken' }))
    log.mockRestore()
  })
})

describe('what a reply must be', () => {
  const schema = { type: 'object', properties: { a: { type: 'integer' } } }
  it.each([
    [{}, undefined],
    [{ response_format: { type: 'text' } }, undefined],
    [{ response_format: { type: 'json_object' } }, { kind: 'json_object' }],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema } } },
      { kind: 'json_schema', schema },
    ],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } },
      { kind: 'json_schema', schema },
    ],
    [{ guided_json: schema }, { kind: 'json_schema', schema }],
    [{ guided_json: JSON.stringify(schema) }, { kind: 'json_schema', schema }],
    [{ guided_regex: 'a+' }, { kind: 'regex', pattern: 'a+' }],
    [{ guided_choice: ['yes', 'no'] }, { kind: 'choice', choices: ['yes', 'no'] }],
    [{ structured_outputs: { json: schema } }, { kind: 'json_schema', schema }],
    [{ structured_outputs: { regex: 'a+' } }, { kind: 'regex', pattern: 'a+' }],
    [{ structured_outputs: { choice: ['yes', 'no'] } }, { kind: 'choice', choices: ['yes', 'no'] }],
    [{ structured_outputs: { json_object: true } }, { kind: 'json_object' }],
  ])('%j asks the engine for %j', async (fields, constraint) => {
    const engine = fakeEngine()
    await post(await start(engine), '/v1/chat/completions', { ...hello, ...fields })
    expect(engine.seen[0]?.constraint).toEqual(constraint)
  })
})

describe('fields that ask for nothing', () => {
  it('are ignored, whoever sends them', async () => {
    const engine = fakeEngine()
    const reply = await post(await start(engine), '/v1/chat/completions', {
      ...hello,
      tools: [],
      tool_choice: 'auto',
      logit_bias: {},
      presence_penalty: 0,
      frequency_penalty: null,
      top_k: -1,
      repetition_penalty: 1,
      store: false,
      metadata: { a: 'b' },
      n: null,
    })
    expect(reply.status).toBe(200)
    expect(engine.seen).toHaveLength(1)
  })
})

describe('whose turn it is', () => {
  it('goes by user, by whom the edge names, or by address', async () => {
    const engine = fakeEngine({ context: 10_000 })
    const worker = await start(engine)
    const headers = { 'x-caller': 'lab' }
    await post(worker, '/v1/chat/completions', { ...hello, user: 'ann', n: 2 }, { headers })
    await post(worker, '/v1/chat/completions', hello, { headers })
    await post(worker, '/v1/chat/completions', hello)
    expect(engine.seen.map(({ caller }) => caller)).toEqual(['ann', 'ann', 'lab', '127.0.0.1'])
    await post(worker, '/v1/judgments', { prompt: 'Hi', responses: ['a', 'b'] }, { headers })
    expect(new Set(engine.chosen.map(({ caller }) => caller))).toEqual(new Set(['lab']))
  })
})
