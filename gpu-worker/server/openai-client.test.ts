import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { workerKey } from '../../shared/identity/worker-key.ts'
import { type FakeEngineOptions, fakeEngine } from '../testing/fake-engine.ts'
import { start } from '../testing/running-worker.ts'

/** The official client of a worker with a key, as people set it up. */
async function clientOf(options: FakeEngineOptions = {}) {
  const engine = fakeEngine(options)
  const worker = await start(engine, { secret: 'hush', open: false })
  const apiKey = await workerKey('hush')
  return { engine, client: new OpenAI({ baseURL: `${worker.url}/v1`, apiKey, maxRetries: 0 }) }
}

const model = 'fake-1m'
const messages = [{ role: 'user', content: 'What colour is the sky?' } as const]

describe('the official OpenAI client', () => {
  it('reads a whole answer with choices, log-probabilities and usage', async () => {
    const { client } = await clientOf()
    const { choices, usage } = await client.chat.completions.create({
      model,
      messages,
      n: 2,
      logprobs: true,
      top_logprobs: 3,
      max_completion_tokens: 4,
    })
    expect(choices.map(({ message }) => message.content)).toEqual(Array(2).fill('The sky is blue'))
    expect(choices[1]?.logprobs?.content?.[3]?.top_logprobs).toHaveLength(3)
    expect(usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 8 })
  })

  it('puts a stream of several choices together', async () => {
    const { client } = await clientOf({ delayMs: 2 })
    const stream = client.chat.completions.stream({
      model,
      messages,
      n: 2,
      stream_options: { include_usage: true },
    })
    const { choices, usage } = await stream.finalChatCompletion()
    expect(choices.map(({ message }) => message.content)).toEqual(Array(2).fill('The sky is blue.'))
    expect(usage?.completion_tokens).toBe(10)
  })

  it('parses a reply that is constrained to a schema', async () => {
    const { client, engine } = await clientOf({
      write: ({ constraint }) => (constraint?.kind === 'json_schema' ? ['{"colour":', '"blue"}'] : ['?']),
    })
    const schema = {
      type: 'object',
      properties: { colour: { type: 'string' } },
      required: ['colour'],
      additionalProperties: false,
    }
    const answer = await client.chat.completions.parse({
      model,
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'sky', strict: true, schema } },
    })
    expect(answer.choices[0]?.message.parsed).toEqual({ colour: 'blue' })
    expect(engine.seen[0]?.constraint).toEqual({ kind: 'json_schema', schema })
  })

  it('ends the work when it stops reading', async () => {
    const { client, engine } = await clientOf({ delayMs: 20, write: () => Array(1000).fill('x') })
    for await (const _ of await client.chat.completions.create({ model, messages, stream: true })) break
    await expect.poll(() => engine.ended).toEqual(['aborted'])
  })

  it('lists models, adapters among them', async () => {
    const { client, engine } = await clientOf()
    await engine.loadAdapter('strict', '/anywhere')
    const ids: string[] = []
    for await (const { id } of client.models.list()) ids.push(id)
    expect(ids).toEqual(['fake-1m', 'fake-1m:strict'])
    expect(await client.models.retrieve('fake-1m:strict')).toMatchObject({ id: 'fake-1m:strict' })
    const answer = await client.chat.completions.create({ model: 'fake-1m:strict', messages })
    expect(answer.model).toBe('fake-1m:strict')
    expect(engine.seen[0]?.adapter).toBe('strict')
  })

  it('understands what it is refused', async () => {
    const { client } = await clientOf({ delayMs: 200 })
    const late = { headers: { 'X-Deadline-Ms': '20' } }
    await expect(client.chat.completions.create({ model, messages }, late)).rejects.toMatchObject({
      status: 504,
      code: 'deadline_exceeded',
    })
    await expect(client.chat.completions.create({ model: 'gpt', messages })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    })
    await expect(client.models.retrieve('gpt')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  })
})
