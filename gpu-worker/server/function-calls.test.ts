import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { fakeEngine } from '../testing/fake-engine.ts'
import { eventsOf, post, start } from '../testing/running-worker.ts'

const parameters = { type: 'object', properties: { choice: { enum: ['A', 'B'] } }, required: ['choice'] }
const grade = { type: 'function', function: { name: 'grade', description: 'Picks a grade.', parameters } }
const other = { type: 'function', function: { name: 'other' } }
const named = { type: 'function', function: { name: 'grade' } }
const ask = {
  model: 'fake-1m',
  messages: [{ role: 'user', content: 'Grade it.' }],
  tools: [grade],
  tool_choice: named,
}

const PIECES = ['{"choice', '": "', 'A"}']
const grader = () => fakeEngine({ write: () => PIECES })

const called = z.strictObject({
  message: z.strictObject({
    role: z.literal('assistant'),
    content: z.null(),
    refusal: z.null(),
    tool_calls: z.tuple([
      z.strictObject({
        id: z.string().regex(/^call_[0-9a-f]{32}$/),
        type: z.literal('function'),
        function: z.strictObject({ name: z.literal('grade'), arguments: z.string() }),
      }),
    ]),
  }),
  index: z.int(),
  logprobs: z.unknown(),
  finish_reason: z.string(),
})
const answer = z.object({ choices: z.array(called) })

async function complete(fields: object, engine = grader()) {
  const reply = await post(await start(engine), '/v1/chat/completions', { ...ask, ...fields })
  return answer.parse(await reply.json()).choices
}

describe('a call that is forced', () => {
  it.each([
    {},
    { tool_choice: 'required' },
    // it is about text
    { response_format: { type: 'json_object' } },
    { tools: [other, grade], parallel_tool_calls: false },
    { tools: [{ ...grade, function: { ...grade.function, strict: true } }] },
  ])('is answered with arguments alone: %j', async (fields) => {
    const engine = grader()
    const [choice] = await complete(fields, engine)
    expect(choice?.message.tool_calls[0].function.arguments).toBe('{"choice": "A"}')
    expect(choice?.finish_reason).toBe('tool_calls')
    expect(engine.seen[0]?.constraint).toEqual({ kind: 'json_schema', schema: parameters })
  })

  it('has an id of its own in every choice, and says that it was cut off', async () => {
    const choices = await complete({ n: 3, max_tokens: 2 })
    expect(new Set(choices.map(({ message }) => message.tool_calls[0].id)).size).toBe(3)
    expect(choices.map(({ finish_reason }) => finish_reason)).toEqual(['length', 'length', 'length'])
    expect(choices[0]?.message.tool_calls[0].function.arguments).toBe('{"choice": "')
  })

  it('is described to the model in its system message', async () => {
    const engine = grader()
    await complete({}, engine)
    const system = { role: 'system', content: 'Be strict.' }
    await complete({ messages: [system, ...ask.messages] }, engine)
    const [alone, after] = engine.seen.map(({ messages }) => messages)
    expect(alone?.map(({ role }) => role)).toEqual(['system', 'user'])
    expect(alone?.[0]?.content).toContain("'grade'")
    expect(alone?.[0]?.content).toContain('Picks a grade.')
    expect(alone?.[0]?.content).toContain(JSON.stringify(parameters))
    expect(after?.map(({ content }) => content)).toEqual([
      `Be strict.\n\n${alone?.[0]?.content}`,
      'Grade it.',
    ])
  })

  it.each([
    [undefined, { properties: {}, additionalProperties: false }],
    [{}, {}],
    [
      { $ref: '#/$defs/a', $defs: { a: {} } },
      { $ref: '#/$defs/a', $defs: { a: {} } },
    ],
  ])('has an object of arguments, whatever is said of them: %j', async (parameters, schema) => {
    const engine = grader()
    const tools = [{ type: 'function', function: { name: 'grade', parameters } }]
    await complete({ tools }, engine)
    expect(engine.seen[0]?.constraint).toEqual({ kind: 'json_schema', schema: { type: 'object', ...schema } })
  })

  it('streams in pieces that add up to the same', async () => {
    const reply = await post(await start(grader()), '/v1/chat/completions', { ...ask, stream: true })
    const events = await eventsOf(reply)
    const choices = events.slice(0, -1).flatMap((event) => JSON.parse(event).choices)
    const id = expect.stringMatching(/^call_/)
    const first = { index: 0, id, type: 'function', function: { name: 'grade', arguments: '' } }
    expect(choices.map(({ delta }) => delta)).toEqual([
      { role: 'assistant', content: null, tool_calls: [first] },
      ...PIECES.map((piece) => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
      {},
    ])
    expect(choices.at(-1).finish_reason).toBe('tool_calls')
  })
})

describe('tools', () => {
  it.each([{ tool_choice: 'none' }, { tools: [], tool_choice: 'auto' }, { tools: null, tool_choice: null }])(
    'leave the reply a text with %j',
    async (fields) => {
      const engine = grader()
      const reply = await post(await start(engine), '/v1/chat/completions', { ...ask, ...fields })
      const { choices } = await reply.json()
      expect(choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: '{"choice": "A"}' } })
      expect(engine.seen[0]?.messages).toEqual(ask.messages)
      expect(engine.seen[0]?.constraint).toBeUndefined()
    },
  )

  it.each([
    [{ tool_choice: 'auto' }, 'tool_choice', /only where 'tool_choice' forces it/],
    [{ tool_choice: undefined }, 'tool_choice', /only where 'tool_choice' forces it/],
    [{ tools: [grade, other], tool_choice: 'required' }, 'tool_choice', /name one of the 2/],
    [{ tools: [other] }, 'tool_choice', /describe it there/],
    [{ tools: [], tool_choice: 'required' }, 'tool_choice', /describe it there/],
    [{ tool_choice: 'any' }, 'tool_choice', /./],
    [{ tools: [{ type: 'web_search' }] }, 'tools.0.type', /functions alone/],
    [
      { tools: [{ type: 'function', function: { name: 'a b' } }] },
      'tools.0.function.name',
      /letters, digits/,
    ],
    [
      { tools: [{ type: 'function', function: { name: 'grade', parameters: { type: 'string' } } }] },
      'tools.0.function.parameters',
      /schema of type 'object'/,
    ],
    [
      { messages: [...ask.messages, { role: 'assistant', content: null, tool_calls: [{ id: '1' }] }] },
      'messages.1.tool_calls',
      /leave it out/,
    ],
    [{ guided_regex: 'a+' }, 'guided_regex', /leave one of them out/],
    [{ functions: [grade.function] }, 'functions', /doesn't support/],
  ])('are refused in %j', async (fields, param, sentence) => {
    const engine = grader()
    const reply = await post(await start(engine), '/v1/chat/completions', { ...ask, ...fields })
    const error = { code: 'invalid_request', param, message: expect.stringMatching(sentence) }
    expect([reply.status, await reply.json()]).toMatchObject([400, { error }])
    expect(engine.seen).toEqual([])
  })
})
