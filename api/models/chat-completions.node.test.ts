import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { judge } from '../../shared/judge/judge.ts'
import { present } from '../../shared/judge/present.ts'
import { toJob } from '../../shared/judge/request.ts'
import type { LanguageModel } from '../../shared/model/language-model.ts'
import type { Judgment, JudgmentRequest } from '../../shared/protocol/judgment.ts'
import type { Message } from '../../shared/protocol/message.ts'
import { findMetaRubric } from '../../shared/rubric/meta-rubrics.ts'
import { type ModelServer, startModelServer } from '../../test/model-server/model-server.ts'
import { callLimit } from './call-limit.ts'
import { chatCompletions } from './chat-completions.ts'
import { findEntry, parseModels } from './model-config.ts'

let server: ModelServer
beforeAll(async () => {
  server = await startModelServer()
})
beforeEach(() => server.reset())
afterAll(() => server.close())

/** The model as the edge reaches it; faults are chosen by `model`. */
function modelOf(change: object = {}): LanguageModel {
  const entry = { id: 'judge', base_url: server.url, model: 'opinionated', key: 'HOSTED_KEY', ...change }
  return chatCompletions(findEntry(parseModels({ PLUMBLINE_MODELS: JSON.stringify([entry]) }), undefined), {
    fetch: (url, init) => fetch(url, init),
    environment: (name) => (name === 'HOSTED_KEY' ? 'secret-key' : undefined),
    limit: callLimit(),
    maxReplyBytes: 50_000,
  })
}

async function judgeWith(model: LanguageModel, request: JudgmentRequest): Promise<Judgment> {
  const meta = await findMetaRubric('general')
  if (!meta) throw new Error('general is missing')
  const { job, view } = await toJob(request, null, meta)
  const memory = { recall: <T>(_key: string, make: () => Promise<T>) => make() }
  const evidence = await judge(job, { model, secret: 's', memory })
  return present(
    { id: `jdg_${'0'.repeat(32)}`, created: 0, model: 'judge', evidence },
    view,
    'miss',
    undefined,
  )
}

const pair: JudgmentRequest = { prompt: 'Say something.', responses: ['GOOD', 'other'] }
const choosing = { instantiate: 'select', verdicts: 'choose' }
const asked: Message[] = [
  {
    role: 'user',
    content: '<response 0123abcd>\nGOOD\n</response 0123abcd>\nIs it?\n1 = yes, it is\n2 = no, it is not',
  },
]

describe('a chat-completions model', () => {
  it('sends what the OpenAI API takes', async () => {
    await modelOf().generate(asked, {
      schema: { name: 'intent', schema: { type: 'object' } },
      seed: 7,
      temperature: 0.5,
      maxTokens: 99,
    })
    await modelOf().choose(asked, ['1', '2'])
    const [generated, chosen] = server.calls
    expect(generated).toEqual({
      authorization: 'Bearer secret-key',
      request: {
        model: 'opinionated',
        messages: asked,
        seed: 7,
        temperature: 0.5,
        max_tokens: 99,
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'intent', schema: { type: 'object' }, strict: true },
        },
      },
    })
    expect(chosen?.request).toMatchObject({ max_tokens: 1, logprobs: true, top_logprobs: 20, temperature: 0 })
  })

  it.each([
    ['staged', {}, {}],
    ['single', {}, { mode: 'single' as const }],
    ['staged with choices', choosing, {}],
  ])(
    'judges a pair, %s, in as many calls as the server saw, six at a time',
    async (_name, entry, request) => {
      const judgment = await judgeWith(modelOf(entry), { ...pair, ...request })
      expect(judgment).toMatchObject({ winner: 'first', error: null })
      expect(judgment.usage.judge_calls).toBe(server.calls.length)
      expect(server.peakInFlight).toBeLessThanOrEqual(6)
    },
  )

  it.each([
    ['timeout', 'model_timeout', true],
    ['http-500', 'model_unavailable', true],
    ['http-429', 'model_unavailable', true],
    ['redirect', 'model_http_error', false],
    ['not-json', 'reply_not_json', false],
    ['not-a-completion', 'reply_invalid', false],
    ['refusal', 'reply_refused', false],
    ['stream-forever', 'reply_too_long', false],
  ])('says of %s: %s', async (model, code, transient) => {
    const broken = modelOf({ model, timeout_ms: model === 'timeout' ? 50 : 5000 })
    await expect(broken.generate(asked)).rejects.toThrow(expect.objectContaining({ code, transient }))
  })

  it('ends a reply that never does, by time, where it is slow', async () => {
    const slow = modelOf({ model: 'stream-forever', timeout_ms: 10 })
    await expect(slow.generate(asked)).rejects.toThrow(
      expect.objectContaining({ code: 'model_timeout', transient: true }),
    )
  })

  it('tells a cut reply from a whole one', async () => {
    const schema = { name: 'intent', schema: {} }
    expect((await modelOf({ model: 'length' }).generate(asked, { schema })).finish).toBe('length')
    expect((await modelOf().generate(asked, { schema })).finish).toBe('stop')
  })

  it.each(['no-logprobs', 'hidden-choice'])('has no probability to give with %s', async (model) => {
    await expect(modelOf({ model }).choose(asked, ['1', '2'])).rejects.toThrow(
      expect.objectContaining({ code: 'choice_not_observed', transient: false }),
    )
  })

  it.each([
    ['prose', 'reply_not_json'],
    ['half-json', 'reply_not_json'],
    ['length', 'reply_truncated'],
    ['wrong-ids', 'reply_invalid'],
    ['bad-types', 'reply_invalid'],
    ['http-500', 'model_unavailable'],
    ['stream-forever', 'reply_too_long'],
  ])('makes of %s a judgment without a winner, staged and single', async (model, code) => {
    for (const mode of ['staged', 'single'] as const) {
      const judgment = await judgeWith(modelOf({ model }), { ...pair, mode })
      expect(judgment).toMatchObject({ winner: null, score: null, error: { code } })
    }
  })
})
