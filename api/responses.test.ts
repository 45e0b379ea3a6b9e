import { describe, expect, it } from 'vitest'
import { createChatServer, eventStream, eventsOf } from './testing/chat-server.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const RESPONSES = '/v1/responses'

async function open() {
  const server = createChatServer()
  return { server, ...(await openTestApp({}, server.fetch)) }
}

describe('POST /v1/responses', () => {
  it('asks the model for what OpenAI would', async () => {
    const { server, ask } = await open()
    const format = { type: 'json_schema', name: 'verdict', schema: { type: 'object' }, strict: true }
    await ask(RESPONSES, {
      model: 'second',
      instructions: 'Judge.',
      input: [
        { role: 'developer', content: 'Be strict.' },
        { type: 'reasoning', id: 'rs_1', summary: [] },
        {
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'a', annotations: [] }],
        },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'b' },
            { type: 'input_text', text: 'c' },
          ],
        },
      ],
      max_output_tokens: 9,
      temperature: 0.5,
      top_p: 0.9,
      text: { format },
      top_logprobs: 3,
      reasoning: { effort: 'low' },
      store: true,
      tools: [],
      previous_response_id: null,
    })
    expect(server.seen[0]?.body).toEqual({
      model: 'second',
      messages: [
        { role: 'system', content: 'Judge.' },
        { role: 'system', content: 'Be strict.' },
        { role: 'assistant', content: 'a' },
        { role: 'user', content: 'bc' },
      ],
      max_tokens: 9,
      temperature: 0.5,
      top_p: 0.9,
      logprobs: true,
      top_logprobs: 3,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'verdict', schema: { type: 'object' }, strict: true },
      },
    })
  })

  // NeMo-Gym's openai_model reads replies with the base class of OpenAI's Response, which lacks no field
  it('answers with all that strict readers want', async () => {
    const { server, ask } = await open()
    server.text = '[[A=B]]'
    const answer = await ask(RESPONSES, { input: 'Same?', metadata: { row: '1' } })
    expect(answer).toEqual({
      id: expect.stringMatching(/^resp_[0-9a-f]{32}$/),
      object: 'response',
      created_at: expect.any(Number),
      status: 'completed',
      background: false,
      error: null,
      incomplete_details: null,
      instructions: null,
      max_output_tokens: null,
      metadata: { row: '1' },
      model: 'opinionated',
      output: [
        {
          id: expect.stringMatching(/^msg_/),
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: '[[A=B]]', annotations: [], logprobs: [] }],
        },
      ],
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      store: false,
      temperature: null,
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
      tools: [],
      top_logprobs: 0,
      top_p: null,
      truncation: 'disabled',
      usage: {
        input_tokens: 11,
        input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        output_tokens: 3,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 14,
      },
      user: null,
    })
  })

  it('says what was cut off, and what was refused', async () => {
    const { server, ask } = await open()
    const saying = (choice: object) => () => ({ choices: [choice] })
    server.spoil = saying({ message: { content: 'Ye' }, finish_reason: 'length' })
    const cut = await ask(RESPONSES, { input: 'Same?' })
    expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
    server.spoil = saying({ message: { content: null, refusal: 'No.' }, finish_reason: 'stop' })
    const refused = await ask(RESPONSES, { input: 'Same?' })
    expect(refused.output[0].content).toEqual([{ type: 'refusal', refusal: 'No.' }])
  })

  it("streams events in OpenAI's order, which add up to the answer", async () => {
    const { call } = await open()
    const reply = await call(RESPONSES, { input: 'Same?', stream: true })
    expect(reply.headers.get('content-type')).toBe('text/event-stream')
    const events = (await eventsOf(reply)).map(({ name, data }) => ({ name, ...JSON.parse(data) }))
    expect(events.map(({ name }) => name)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      ...Array(4).fill('response.output_text.delta'),
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual([...events.keys()])
    expect(events.every(({ name, type }) => name === type)).toBe(true)
    const text = events.map(({ delta }) => delta ?? '').join('')
    const { response } = events.at(-1)
    expect([text, response.output[0].content[0].text]).toEqual(['Yes.', 'Yes.'])
    expect(response).toMatchObject({ id: events[0].response.id, usage: { total_tokens: 14 } })
  })

  it('does not take a stream that was cut off for a whole one', async () => {
    const { server, call } = await open()
    server.answer = () => eventStream([{ choices: [{ index: 0, delta: { content: 'Half' } }] }])
    const events = await eventsOf(await call(RESPONSES, { input: 'Same?', stream: true }))
    expect(events.at(-1)?.name).toBe('response.failed')
    expect(events.at(-1)?.data).toContain('broke off')
  })

  it('says in the stream that the model failed', async () => {
    const { server, call } = await open()
    server.answer = () => eventStream([{ error: { message: 'out of memory' } }])
    const events = await eventsOf(await call(RESPONSES, { input: 'Same?', stream: true }))
    expect(events.at(-1)?.name).toBe('response.failed')
    expect(events.at(-1)?.data).toContain('"error":{"code":"server_error","message":"out of memory"}')
  })

  it.each([
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ conversation: 'conv_1' }, 'conversation'],
    [{ background: true }, 'background'],
    [{ tools: [{ type: 'web_search' }] }, 'tools.0.type'],
    [
      { input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'x' }] }] },
      'input.0.content.0.type',
    ],
    [{ input: [{ type: 'function_call', call_id: '1', name: 'a', arguments: '{}' }] }, 'input.0.type'],
    [{ input: [] }, 'input'],
    [{ input: undefined }, 'input'],
  ])('refuses %j', async (asked, param) => {
    const { call, server } = await open()
    const refused = await call(RESPONSES, { input: 'Same?', ...asked })
    expect([refused.status, (await bodyOf(refused)).error]).toMatchObject([
      400,
      { code: 'invalid_request', param },
    ])
    expect(server.seen).toEqual([])
  })

  it('asks judges by name too', async () => {
    const { ask } = await openTestApp()
    const pair = JSON.stringify({ prompt: 'Hm?', responses: ['bad', 'GOOD'] })
    const answer = await ask(RESPONSES, { model: 'plumbline/openrs', input: pair })
    expect(answer.plumbline).toMatchObject({ winner: 1 })
    expect(answer.output[0].content[0].text).toMatch(/Verdict: B$/)
  })
})
