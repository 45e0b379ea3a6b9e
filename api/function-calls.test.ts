import { describe, expect, it } from 'vitest'
import { createChatServer, eventStream, eventsOf } from './testing/chat-server.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const parameters = { type: 'object', properties: { choice: { enum: ['A', 'B'] } }, required: ['choice'] }
const told = { name: 'grade', description: 'Picks a grade.' }

const RESPONSES = {
  path: '/v1/responses',
  ask: {
    input: 'Grade it.',
    tools: [{ type: 'function', ...told, parameters, strict: true }],
    tool_choice: { type: 'function', name: 'grade' },
  },
}
const MESSAGES = {
  path: '/v1/messages',
  ask: {
    messages: [{ role: 'user', content: 'Grade it.' }],
    max_tokens: 99,
    tools: [{ ...told, input_schema: parameters }],
    tool_choice: { type: 'tool', name: 'grade' },
  },
}

const call = (id: string, text: string) => ({
  id,
  type: 'function',
  function: { name: 'grade', arguments: text },
})
const piece = (index: number, fields: object) => ({ delta: { tool_calls: [{ index, ...fields }] } })
const WHOLE = '{"choice": "A"}'

async function open() {
  const server = createChatServer()
  return {
    server,
    ...(await openTestApp({}, server.fetch)),
    says: (message: object, finish_reason: string) => {
      server.spoil = () => ({ choices: [{ message: { content: null, ...message }, finish_reason }] })
    },
    streams: (...choices: object[]) => {
      const chunks = choices.map((choice) => ({ model: 'm', choices: [{ index: 0, ...choice }] }))
      server.answer = () => eventStream([...chunks, '[DONE]'])
    },
  }
}

/** Text, then two calls in pieces. */
const STREAMED = [
  { delta: { role: 'assistant', content: 'Well.' } },
  piece(0, { id: 'call_1', type: 'function', function: { name: 'grade', arguments: '' } }),
  piece(0, { function: { arguments: '{"choice"' } }),
  piece(0, { function: { arguments: ': "A"}' } }),
  piece(1, { id: 'call_2', type: 'function', function: { name: 'grade', arguments: '{}' } }),
  { delta: {}, finish_reason: 'tool_calls' },
]

describe('tools of a chat completion', () => {
  it('reach a model server as they are', async () => {
    const { server, ask, says } = await open()
    says({ tool_calls: [call('call_1', WHOLE)] }, 'tool_calls')
    const tools = [
      { type: 'function', function: { ...told, parameters } },
      { type: 'custom', custom: {} },
    ]
    const fields = { tools, tool_choice: 'auto', parallel_tool_calls: true }
    const before = { role: 'tool', tool_call_id: 'call_0', content: '3' }
    const answer = await ask('/v1/chat/completions', { messages: [before], ...fields })
    expect(server.seen[0]?.body).toMatchObject({ messages: [before], ...fields })
    expect(answer.choices[0].message.tool_calls).toEqual([call('call_1', WHOLE)])
  })
})

describe.each([
  { ...RESPONSES, all: 'required' },
  { ...MESSAGES, all: { type: 'any' } },
])('tools of $path', ({ path, ask: asked, all }) => {
  it('ask the model for what chat completions would', async () => {
    const { server, ask, says } = await open()
    says({ tool_calls: [call('call_1', WHOLE)] }, 'tool_calls')
    await ask(path, asked)
    await ask(path, { ...asked, tool_choice: all })
    await ask(path, { ...asked, tool_choice: undefined })
    await ask(path, { ...asked, tools: [] })
    const [named, required, free, none] = server.seen.map(({ body }) => body)
    expect(named?.tools).toMatchObject([{ type: 'function', function: { ...told, parameters } }])
    expect(named?.tool_choice).toEqual({ type: 'function', function: { name: 'grade' } })
    expect(required?.tool_choice).toBe('required')
    expect(free).toHaveProperty('tools')
    expect(free).not.toHaveProperty('tool_choice')
    expect(none).not.toHaveProperty('tools')
    expect(none).not.toHaveProperty('tool_choice')
  })

  it('refuse a tool that is no function, naming it', async () => {
    const { call, server } = await open()
    const refused = await call(path, { ...asked, tools: [{ type: 'computer', name: 'x', input_schema: {} }] })
    const error = { param: 'tools.0.type', message: expect.stringMatching(/is no kind of tool/) }
    expect([refused.status, await bodyOf(refused)]).toMatchObject([400, { error }])
    expect(server.seen).toEqual([])
  })
})

describe('a call in a response', () => {
  it('is an item of its own, and the request is repeated', async () => {
    const { ask, says } = await open()
    says({ tool_calls: [call('call_1', WHOLE), call('', '{}')] }, 'tool_calls')
    const { output, status, tools, tool_choice } = await ask(RESPONSES.path, RESPONSES.ask)
    const item = { type: 'function_call', name: 'grade', status: 'completed' }
    expect(output).toEqual([
      { ...item, id: expect.stringMatching(/^fc_/), call_id: 'call_1', arguments: WHOLE },
      {
        ...item,
        id: expect.stringMatching(/^fc_/),
        call_id: expect.stringMatching(/^call_/),
        arguments: '{}',
      },
    ])
    expect(new Set(output.map(({ id }: { id: string }) => id)).size).toBe(2)
    expect({ status, tools, tool_choice }).toEqual({
      status: 'completed',
      tools: RESPONSES.ask.tools,
      tool_choice: RESPONSES.ask.tool_choice,
    })
  })

  it('comes after what was said, and says that it was cut off', async () => {
    const { ask, says } = await open()
    says({ content: 'Well.', tool_calls: [call('call_1', '{"cho')] }, 'length')
    const { output, status } = await ask(RESPONSES.path, RESPONSES.ask)
    expect(output.map(({ type }: { type: string }) => type)).toEqual(['message', 'function_call'])
    expect([status, output[1].status, output[1].arguments]).toEqual(['incomplete', 'incomplete', '{"cho'])
  })

  it('streams in events that add up to the answer', async () => {
    const { call, streams } = await open()
    streams(...STREAMED)
    const reply = await call(RESPONSES.path, { ...RESPONSES.ask, stream: true })
    const events = (await eventsOf(reply)).map(({ data }) => JSON.parse(data))
    const place = { type: 'response.function_call_arguments.delta', output_index: 1 }
    expect(events.filter(({ type }) => type.startsWith('response.function_call'))).toMatchObject([
      { ...place, delta: '{"choice"' },
      { ...place, delta: ': "A"}' },
      { ...place, output_index: 2, delta: '{}' },
      { type: 'response.function_call_arguments.done', output_index: 1, name: 'grade', arguments: WHOLE },
      { type: 'response.function_call_arguments.done', output_index: 2, name: 'grade', arguments: '{}' },
    ])
    const added = events.filter(({ type }) => type === 'response.output_item.added')
    const done = events.filter(({ type }) => type === 'response.output_item.done')
    expect(added.map(({ output_index }) => output_index)).toEqual([0, 1, 2])
    expect(added[1].item).toMatchObject({ call_id: 'call_1', arguments: '', status: 'in_progress' })
    const { output, status } = events.at(-1).response
    expect(done.map(({ item }) => item)).toEqual(output)
    expect(output.map(({ id }: { id: string }) => id)).toEqual(added.map(({ item }) => item.id))
    expect([status, output[1].arguments, output[2].call_id]).toEqual(['completed', WHOLE, 'call_2'])
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual([...events.keys()])
  })
})

describe('a call in a message', () => {
  it.each(['tool_calls', 'stop'])(
    'is a block of its own, whatever the end is called (%s)',
    async (finish) => {
      const { ask, says } = await open()
      says({ tool_calls: [call('call_1', WHOLE)] }, finish)
      const { content, stop_reason } = await ask(MESSAGES.path, MESSAGES.ask)
      expect(content).toEqual([{ type: 'tool_use', id: 'call_1', name: 'grade', input: { choice: 'A' } }])
      expect(stop_reason).toBe('tool_use')
    },
  )

  it('is left out where it was cut off, and refused where it is no object', async () => {
    const { ask, call: send, says } = await open()
    says({ content: 'Well.', tool_calls: [call('call_1', '{"cho')] }, 'length')
    const { content, stop_reason } = await ask(MESSAGES.path, MESSAGES.ask)
    expect([content, stop_reason]).toEqual([[{ type: 'text', text: 'Well.' }], 'max_tokens'])
    says({ tool_calls: [call('call_1', '[1]')] }, 'tool_calls')
    const refused = await bodyOf(await send(MESSAGES.path, MESSAGES.ask))
    expect(refused.error).toMatchObject({ code: 'reply_invalid', message: expect.stringMatching(/'grade'/) })
  })

  it('streams as blocks, one after the other', async () => {
    const { call, streams } = await open()
    streams(...STREAMED)
    const reply = await call(MESSAGES.path, { ...MESSAGES.ask, stream: true })
    const events = (await eventsOf(reply)).map(({ data }) => JSON.parse(data))
    const block = { type: 'tool_use', name: 'grade', input: {} }
    const json = (index: number, partial_json: string) => ({
      type: 'content_block_delta',
      index,
      delta: { type: 'input_json_delta', partial_json },
    })
    expect(events.slice(1)).toMatchObject([
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { text: 'Well.' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { ...block, id: 'call_1' } },
      json(1, ''),
      json(1, '{"choice"'),
      json(1, ': "A"}'),
      { type: 'content_block_stop', index: 1 },
      { type: 'content_block_start', index: 2, content_block: { ...block, id: 'call_2' } },
      json(2, '{}'),
      { type: 'content_block_stop', index: 2 },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
      { type: 'message_stop' },
    ])
  })
})

it('judges by name call the function in every surface', async () => {
  const { ask } = await openTestApp()
  const pair = JSON.stringify({ prompt: 'Hm?', responses: ['bad', 'GOOD'] })
  const response = await ask(RESPONSES.path, { ...RESPONSES.ask, model: 'plumbline/openrs', input: pair })
  expect(response.output).toMatchObject([{ type: 'function_call', name: 'grade' }])
  expect(JSON.parse(response.output[0].arguments)).toEqual({ choice: 'B' })
  const messages = [{ role: 'user', content: pair }]
  const message = await ask(MESSAGES.path, { ...MESSAGES.ask, model: 'plumbline/openrs', messages })
  expect(message.content).toMatchObject([{ type: 'tool_use', name: 'grade', input: { choice: 'B' } }])
  expect(message.stop_reason).toBe('tool_use')
})
