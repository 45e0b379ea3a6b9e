import { describe, expect, it } from 'vitest'
import { callLimit } from './call-limit.ts'
import { chatCompletions } from './chat-completions.ts'
import { findEntry, parseModels } from './model-config.ts'

const entry = { id: 'judge', base_url: 'http://model.test/v1', model: 'm', key: 'HOSTED_KEY' }
const asked = [{ role: 'user' as const, content: 'Which?' }]

/** A model whose server answers every call with this. */
function answering(body: (init: RequestInit) => unknown, status = 200) {
  const models = parseModels({ PLUMBLINE_MODELS: JSON.stringify([entry]) })
  return chatCompletions(findEntry(models, undefined), {
    fetch: async (_url, init) => Response.json(body(init), { status }),
    environment: () => 'secret-key',
    limit: callLimit(),
  })
}

const completion = (choice: object) => ({ choices: [{ message: { content: 'x' }, ...choice }] })

/** A reply whose first token had these probabilities; the sampled one is the first. */
function firstToken(probabilities: Record<string, number>) {
  const top = Object.entries(probabilities).map(([token, p]) => ({ token, logprob: Math.log(p) }))
  return completion({ logprobs: { content: [{ ...top[0], top_logprobs: top }] } })
}

describe('choose', () => {
  it('adds up the tokens that are the choice, and normalises over the choices', async () => {
    const model = answering(() => firstToken({ ' A': 0.3, A: 0.1, B: 0.1, ' B': 0.02, AB: 0.4, 'B\n': 0.03 }))
    const { probabilities } = await model.choose(asked, ['A', 'B'])
    expect(probabilities[0]).toBeCloseTo(0.4 / 0.55, 12)
    expect(probabilities[1]).toBeCloseTo(0.15 / 0.55, 12)
  })

  it('counts the sampled token also where its alternatives leave it out', async () => {
    const content = [
      { token: 'A', logprob: Math.log(0.6), top_logprobs: [{ token: 'B', logprob: Math.log(0.2) }] },
    ]
    const { probabilities } = await answering(() => completion({ logprobs: { content } })).choose(asked, [
      'A',
      'B',
    ])
    expect(probabilities[0]).toBeCloseTo(0.75, 12)
  })

  it.each([
    ['is not listed', firstToken({ A: 0.9 })],
    ['has no mass', firstToken({ A: 0.9, B: 0 })],
    ['has no logprobs to be in', completion({})],
    ['is beside empty logprobs', completion({ logprobs: { content: [] } })],
  ])('gives no probability when a choice %s', async (_case, body) => {
    // JSON has no -Infinity: servers that mean it send a number far below any logprob
    const sent = JSON.parse(JSON.stringify(body).replaceAll('null', '-9999'))
    await expect(answering(() => sent).choose(asked, ['A', 'B'])).rejects.toThrow(
      expect.objectContaining({ code: 'choice_not_observed', transient: false }),
    )
  })
})

describe('generate', () => {
  it('reads text, finish and tokens, and counts 0 where the server does not say', async () => {
    const said = {
      ...completion({ finish_reason: 'length' }),
      usage: { prompt_tokens: 9, completion_tokens: 4 },
    }
    expect(await answering(() => said).generate(asked)).toEqual({
      text: 'x',
      finish: 'length',
      tokens: { prompt: 9, completion: 4, cached: 0 },
    })
    expect(await answering(() => completion({})).generate(asked)).toEqual({
      text: 'x',
      finish: 'stop',
      tokens: { prompt: 0, completion: 0, cached: 0 },
    })
    const cached = { ...said, usage: { ...said.usage, prompt_tokens_details: { cached_tokens: 8 } } }
    expect((await answering(() => cached).generate(asked)).tokens.cached).toBe(8)
  })

  it.each([
    [{ choices: [{ message: { content: null, refusal: 'no' } }] }, 'reply_refused'],
    [completion({ finish_reason: 'content_filter' }), 'reply_refused'],
    [{ choices: [{ message: { content: 5 } }] }, 'reply_invalid'],
    [{ error: 'no such thing' }, 'reply_invalid'],
    [[], 'reply_invalid'],
  ])('makes nothing up from %j', async (body, code) => {
    await expect(answering(() => body).generate(asked)).rejects.toThrow(
      expect.objectContaining({ code, transient: false }),
    )
  })

  it.each([
    [400, { error: { message: 'bad', code: 'context_length_exceeded' } }, 'context_exceeded', false],
    [400, { message: "This model's maximum context length is 4096 tokens." }, 'context_exceeded', false],
    [400, { error: { message: 'bad' } }, 'model_http_error', false],
    [401, { error: { message: 'bad key' } }, 'model_http_error', false],
    [408, {}, 'model_unavailable', true],
    [429, {}, 'model_unavailable', true],
    [503, { error: 'busy' }, 'model_unavailable', true],
  ])('takes %d with %j for %s', async (status, body, code, transient) => {
    await expect(answering(() => body, status).generate(asked)).rejects.toThrow(
      expect.objectContaining({ code, transient }),
    )
  })

  it.each([400, 401, 500])('says nothing of its key when a %d repeats it', async (status) => {
    const model = answering(
      (init) => ({ error: { message: `you sent ${JSON.stringify(init.headers)}` } }),
      status,
    )
    const said = await model.generate(asked).catch((error: unknown) => String(error))
    expect(said).toContain(`${status}`)
    expect(said).not.toContain('secret-key')
  })
})
