import { describe, expect, it } from 'vitest'
import { createChatServer, eventStream, eventsOf } from './testing/chat-server.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const CHAT = '/v1/chat/completions'
const messages = [{ role: 'user', content: 'Is it right?' }]

async function open(variables: Record<string, string> = {}) {
  const server = createChatServer()
  return { server, ...(await openTestApp(variables, server.fetch)) }
}

describe('a chat completion that is passed on', () => {
  it('reaches the model as it came, unknown fields too, and comes back as it is', async () => {
    const { server, call } = await open()
    const asked = {
      messages: [{ role: 'developer', content: 'Be brief.' }, ...messages],
      max_tokens: 1,
      max_completion_tokens: 2,
      logprobs: true,
      top_logprobs: 5,
      n: 1,
      seed: 3,
      stop: ['x'],
      store: false,
      temperature: 0.3,
      response_format: { type: 'json_object' },
      unheard_of: { deep: [1] },
    }
    const reply = await call(CHAT, { model: 'second', ...asked })
    expect(server.seen[0]?.body).toEqual({ model: 'second', ...asked })
    expect(reply.headers.get('content-type')).toBe('application/json')
    expect(reply.headers.get('x-plumbline-mended')).toBeNull()
    expect(await bodyOf(reply)).toEqual({
      id: 'chatcmpl-7',
      object: 'chat.completion',
      created: 7,
      model: 'second',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 },
    })
  })

  it.each([
    [{ usage: undefined }, { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } }, 'usage'],
    [
      { usage: { prompt_tokens: 4 } },
      { usage: { prompt_tokens: 4, completion_tokens: 0, total_tokens: 4 } },
      'usage',
    ],
    [
      { id: undefined, created: 1.5, object: 'x' },
      { id: expect.stringMatching(/^chatcmpl-/), object: 'chat.completion' },
      'id,object,created',
    ],
    [{ model: null }, { model: 'second' }, 'model'],
  ])('has what strict clients need put into it: %j', async (broken, mended, names) => {
    const { server, call } = await open()
    server.spoil = (reply) => ({ ...reply, ...broken })
    const reply = await call(CHAT, { model: 'second', messages })
    expect(reply.headers.get('x-plumbline-mended')).toBe(names)
    expect(await bodyOf(reply)).toMatchObject(mended)
  })

  it.each([
    [{ finish_reason: null }, {}, 'stop'],
    [{ finish_reason: null }, { max_tokens: 3 }, 'length'],
    [{ finish_reason: 'max_tokens' }, {}, 'length'],
    [{ finish_reason: 'eos_token' }, {}, 'stop'],
    [{ finish_reason: null, message: { content: null, tool_calls: [{}] } }, {}, 'tool_calls'],
    [{ finish_reason: 'content_filter' }, {}, 'content_filter'],
  ])('never has a finish_reason that is none: %j for %j is %s', async (choice, asked, finish) => {
    const { server, ask } = await open()
    server.spoil = (reply) => ({ ...reply, choices: [{ message: { content: 'x' }, ...choice }] })
    const { choices } = await ask(CHAT, { messages, ...asked })
    expect(choices[0]).toMatchObject({ index: 0, message: { role: 'assistant' }, finish_reason: finish })
  })

  it('is no completion where the server sends something else', async () => {
    const { server, call } = await open()
    for (const reply of [{}, { choices: [] }, 'text', { error: 'busy' }]) {
      server.spoil = () => reply
      const refused = await call(CHAT, { messages })
      expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([502, 'false'])
      expect((await bodyOf(refused)).error.code).toBe('reply_invalid')
    }
  })

  it('hands the refusal of the server on, with what it says of a repeat', async () => {
    const { server, call } = await open()
    const headers = { 'retry-after': '7', 'x-should-retry': 'false', server: 'x' }
    server.answer = () =>
      Response.json({ error: { message: 'slow down', code: 'rate' } }, { status: 429, headers })
    const refused = await call(CHAT, { messages })
    expect([refused.status, await bodyOf(refused)]).toEqual([
      429,
      { error: { message: 'slow down', code: 'rate' } },
    ])
    expect(refused.headers.get('retry-after')).toBe('7')
    expect(refused.headers.get('x-should-retry')).toBe('false')
    expect(refused.headers.get('server')).toBeNull()
  })

  it('streams the bytes of the server', async () => {
    const { server, call } = await open()
    const events = [{ choices: [{ index: 0, delta: { content: 'é' } }], odd: 1 }, '[DONE]']
    server.answer = () => eventStream(events)
    const reply = await call(CHAT, { messages, stream: true })
    expect(reply.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(await reply.text()).toBe(await eventStream(events).text())
  })

  it('says in the stream that the server broke off', async () => {
    const { server, call } = await open()
    const broken = () =>
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('data: {"choices":[]}\n\ndata: {"cho'))
        },
        pull(controller) {
          controller.error(new TypeError('reset'))
        },
      })
    server.answer = () => new Response(broken(), { headers: { 'content-type': 'text/event-stream' } })
    const events = await eventsOf(await call(CHAT, { messages, stream: true }))
    expect(JSON.parse(events.at(-1)?.data ?? '')).toMatchObject({ error: { code: 'model_unreachable' } })
  })

  it('is charged to the key that asked, streamed or whole, also where its reader leaves', async () => {
    const { server, call, ask } = await open()
    await ask(CHAT, { messages })
    await (await call(CHAT, { messages, stream: true })).text()
    const begun = new TextEncoder().encode('data: {"choices":[]}\n\n')
    const endless = () => new ReadableStream({ start: (controller) => controller.enqueue(begun) })
    server.answer = () => new Response(endless(), { headers: { 'content-type': 'text/event-stream' } })
    const left = (await call(CHAT, { messages, stream: true })).body?.getReader()
    await left?.read()
    const waiting = left?.read()
    await left?.cancel()
    await waiting
    const { data } = await ask('/v1/usage')
    expect(data).toMatchObject([
      { chat_completions: 3, judgments: 0, judge_calls: 0, prompt_tokens: 22, completion_tokens: 6 },
    ])
    expect(data[0].cost).toBeCloseTo((22 + 2 * 6) / 1e6)
  })
})

describe('a name that no entry has', () => {
  const aliases = {
    'gpt-4o-2024-08-06': 'second',
    'claude-*': 'opinionated',
    'claude-opus-*': 'second',
    judge: 'plumbline/openrs@second',
  }
  const variables = { PLUMBLINE_MODEL_ALIASES: JSON.stringify(aliases) }

  it.each([
    ['gpt-4o-2024-08-06', 'second'],
    ['claude-sonnet-4-20250514', 'opinionated'],
    ['claude-opus-4', 'second'],
    ['opinionated', 'opinionated'],
  ])('is an alias: %s is %s', async (name, model) => {
    const { server, ask } = await open(variables)
    await ask(CHAT, { model: name, messages })
    expect(server.seen[0]?.body.model).toBe(model)
    expect(await ask(`/v1/models/${encodeURIComponent(name)}`)).toMatchObject({ id: name, object: 'model' })
  })

  it('may be an alias of a judge', async () => {
    const { ask } = await openTestApp(variables)
    const pair = JSON.stringify({ prompt: 'Hm?', responses: ['GOOD', 'bad'] })
    const answer = await ask(CHAT, { model: 'judge', messages: [{ role: 'user', content: pair }] })
    expect(answer).toMatchObject({ model: 'judge', plumbline: { protocol: 'openrs', winner: 0 } })
    const names = (await ask('/v1/models')).data.map(({ id }: { id: string }) => id)
    expect(names.slice(-2)).toEqual(['gpt-4o-2024-08-06', 'judge'])
  })

  it.each(['nobody', 'gpt-4o', 'plumbline/nobody'])('is refused: %s', async (name) => {
    const { call } = await open(variables)
    for (const answer of [await call(CHAT, { model: name, messages }), await call(`/v1/models/${name}`)]) {
      expect([answer.status, (await bodyOf(answer)).error.code]).toEqual([404, 'model_not_found'])
    }
  })

  it.each([
    ['{', 'must be a JSON object'],
    ['{"a*b":"second"}', 'must be a JSON object'],
    ['{"a":"nobody"}', "sends 'a' to 'nobody'"],
  ])('stops the start where the aliases are %s', async (text, sentence) => {
    await expect(openTestApp({ PLUMBLINE_MODEL_ALIASES: text })).rejects.toThrow(sentence)
  })
})

describe('GET /v1/models', () => {
  it('is answered to a key in any header, and refused to an empty one', async () => {
    const { send, key } = await openTestApp()
    const statuses = await Promise.all(
      ['Bearer ', 'Bearer EMPTY', `Bearer ${key}`].map(
        async (authorization) => (await send('/v1/models', { headers: { authorization } })).status,
      ),
    )
    expect(statuses).toEqual([401, 401, 200])
  })

  it("is answered to Anthropic's clients as they read it", async () => {
    const { send, key } = await openTestApp()
    const headers = { 'x-api-key': key, 'anthropic-version': '2023-06-01' }
    const answer = await bodyOf(await send('/v1/models?limit=20', { headers }))
    const [first] = answer.data
    const shown = { type: 'model', id: 'opinionated', display_name: 'opinionated', lifecycle: 'active' }
    expect(first).toEqual({ ...shown, created_at: '1970-01-01T00:00:00.000Z' })
    expect(answer).toMatchObject({ has_more: false, first_id: 'opinionated', last_id: answer.data.at(-1).id })
    expect(await bodyOf(await send('/v1/models/opinionated', { headers }))).toEqual(first)
  })

  it('lets an open service be asked with an empty key', async () => {
    const { send } = await openTestApp({ PLUMBLINE_API_KEYS: '', PLUMBLINE_OPEN: '1' })
    const answer = await send('/v1/models', { headers: { authorization: 'Bearer ' } })
    expect((await bodyOf(answer)).data[0].id).toBe('opinionated')
  })
})
