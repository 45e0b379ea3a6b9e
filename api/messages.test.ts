import { describe, expect, it } from 'vitest'
import { createChatServer, eventStream, eventsOf } from './testing/chat-server.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const MESSAGES = '/v1/messages'
const messages = [{ role: 'user', content: 'Which is better?' }]
const variables = { PLUMBLINE_MODEL_ALIASES: '{"claude-*":"second"}' }

async function open() {
  const server = createChatServer()
  return { server, ...(await openTestApp(variables, server.fetch)) }
}

describe('POST /v1/messages', () => {
  // the body of RewardBench's generative runner for a claude name
  it('asks the model for what Anthropic would', async () => {
    const { server, send, key } = await open()
    const body = {
      model: 'claude-sonnet-4-20250514',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Which' },
            { type: 'text', text: 'is better?' },
          ],
        },
      ],
      system: [{ type: 'text', text: 'You judge.', cache_control: { type: 'ephemeral' } }],
      stop_sequences: ['</verdict>'],
      max_tokens: 1024,
      temperature: 0,
      metadata: { user_id: 'u' },
    }
    const headers = {
      'x-api-key': key,
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    }
    const reply = await send(MESSAGES, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(reply.headers.get('request-id')).toBeTruthy()
    expect(await bodyOf(reply)).toEqual({
      id: expect.stringMatching(/^msg_/),
      type: 'message',
      role: 'assistant',
      model: 'second',
      content: [{ type: 'text', text: 'Yes.' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: {
        input_tokens: 11,
        output_tokens: 3,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
      },
    })
    expect(server.seen[0]?.body).toEqual({
      model: 'second',
      messages: [
        { role: 'system', content: 'You judge.' },
        { role: 'user', content: 'Which\n\nis better?' },
      ],
      max_tokens: 1024,
      stop: ['</verdict>'],
      temperature: 0,
    })
  })

  it.each([
    [{ finish_reason: 'length' }, { stop_reason: 'max_tokens', stop_sequence: null }],
    [{ finish_reason: 'content_filter' }, { stop_reason: 'refusal' }],
    [
      { finish_reason: 'stop', stop_reason: 'END' },
      { stop_reason: 'stop_sequence', stop_sequence: 'END' },
    ],
    [
      { finish_reason: 'stop', stop_reason: 128009 },
      { stop_reason: 'end_turn', stop_sequence: null },
    ],
  ])('says why the text ended: %j', async (choice, end) => {
    const { server, ask } = await open()
    server.spoil = () => ({ choices: [{ message: { content: 'x' }, ...choice }] })
    expect(await ask(MESSAGES, { messages, max_tokens: 5, stop_sequences: ['END'] })).toMatchObject(end)
  })

  it("streams events in Anthropic's order", async () => {
    const { server, call } = await open()
    const events = await eventsOf(
      await call(MESSAGES, { model: 'claude-x', messages, max_tokens: 9, stream: true }),
    )
    expect(events.map(({ name }) => name)).toEqual([
      'message_start',
      'content_block_start',
      ...Array(4).fill('content_block_delta'),
      'content_block_stop',
      'message_delta',
      'message_stop',
    ])
    const read = events.map(({ data }) => JSON.parse(data))
    expect(read.map(({ delta }) => delta?.text ?? '').join('')).toBe('Yes.')
    expect(read.at(-2)).toMatchObject({ delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } })
    expect(server.seen[0]?.body.stream_options).toEqual({ include_usage: true })
  })

  it('does not take a stream that was cut off for a whole one', async () => {
    const { server, call } = await open()
    server.answer = () => eventStream([{ choices: [{ index: 0, delta: { content: 'Half' } }] }])
    const events = await eventsOf(await call(MESSAGES, { messages, max_tokens: 9, stream: true }))
    expect(events.at(-1)?.name).toBe('error')
    expect(events.at(-1)?.data).toContain('broke off')
  })

  it('says in the stream that the model failed', async () => {
    const { server, call } = await open()
    server.answer = () => eventStream([{ error: { message: 'out of memory' } }])
    const events = await eventsOf(await call(MESSAGES, { messages, max_tokens: 9, stream: true }))
    expect(events.at(-1)).toEqual({
      name: 'error',
      data: JSON.stringify({ type: 'error', error: { type: 'api_error', message: 'out of memory' } }),
    })
  })

  it.each([
    [{ messages, model: 'gpt' }, 404, 'not_found_error', 'model_not_found'],
    [{ messages: [] }, 400, 'invalid_request_error', 'invalid_request'],
    [{ messages, tools: [{ name: 'x' }] }, 400, 'invalid_request_error', 'invalid_request'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image' }] }] },
      400,
      'invalid_request_error',
      'invalid_request',
    ],
    ['{', 400, 'invalid_request_error', 'invalid_json'],
  ])("refuses %j in Anthropic's shape", async (body, status, type, code) => {
    const { call } = await open()
    const refused = await call(MESSAGES, body)
    expect([refused.status, refused.headers.get('content-type')]).toEqual([status, 'application/json'])
    const error = { type, code, message: expect.stringMatching(/\.$/) }
    expect(await bodyOf(refused)).toMatchObject({ type: 'error', error, request_id: expect.any(String) })
  })

  it('says so whoever refused: no key, a method that it has not, a model that is full', async () => {
    const { server, send, call } = await open()
    const typeOf = async (answer: Response) => (await bodyOf(answer)).error.type
    expect(await typeOf(await send(MESSAGES, { method: 'POST', body: '{}' }))).toBe('authentication_error')
    expect(await typeOf(await call(MESSAGES))).toBe('invalid_request_error')
    server.answer = () =>
      Response.json({ error: { message: 'busy' } }, { status: 429, headers: { 'retry-after': '3' } })
    const full = await call(MESSAGES, { messages, max_tokens: 5 })
    expect([full.status, full.headers.get('retry-after'), await typeOf(full)]).toEqual([
      429,
      '3',
      'rate_limit_error',
    ])
  })
})
