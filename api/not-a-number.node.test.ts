import { describe, expect, it } from 'vitest'
import { createModelServer } from './testing/model-server.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

// On Workers the objects that judge have one configuration for all tests; these need models of their own.

/** What servers, and models that write, give in the place of a number; some of it is no JSON. */
const NUMBERS = [
  'NaN',
  'Infinity',
  '-Infinity',
  '1e999',
  '-1e999',
  '1e308',
  '-1e308',
  '"NaN"',
  'null',
  '700',
  '',
]

const entry = { id: 'm', base_url: 'http://models.test/v1', model: 'm', timeout_ms: 500 }
const configured = (more: object) => ({
  PLUMBLINE_MODELS: JSON.stringify([{ ...entry, ...more }]),
  PLUMBLINE_DEFAULT_MODEL: 'm',
})

const json = (text: string) => new Response(text, { headers: { 'content-type': 'application/json' } })

/** A server of which every log-probability is this. */
function picking(logprob: string) {
  const top = Array.from({ length: 10 }, (_, label) => `{"token":"${label}","logprob":${logprob}}`).join(',')
  const content = `[{"token":"1","logprob":${logprob},"top_logprobs":[${top}]}]`
  const body = `{"choices":[{"message":{"content":"1"},"logprobs":{"content":${content}}}]}`
  return openTestApp(configured({ instantiate: 'select', verdicts: 'choose' }), async () => json(body))
}

/** A server of which every verdict, rating and probability is this. */
function writing(number: string) {
  const models = createModelServer()
  return openTestApp(configured({}), async (url, init) => {
    const reply = await (await models.fetch(url, init)).text()
    const said = JSON.stringify(number).slice(1, -1).replaceAll('"', '\\"')
    return json(
      reply.replace(
        /(\\"(?:verdict|met|rating|score|probability)\\":)(?:-?[\d.]+|true|false)/g,
        (_, key) => key + said,
      ),
    )
  })
}

const rubric = { criteria: [{ id: 'a', level: 'core', title: 'Is right' }] }
const asks = [
  ['/v1/judgments', { responses: ['GOOD', 'b'] }],
  ['/v1/judgments', { responses: ['GOOD', 'b'], rubric, votes: 3 }],
  ['/v1/judgments', { responses: ['GOOD', 'b'], meta_rubric: 'auto' }],
  ['/v1/judgments', { responses: ['GOOD', 'b'], protocol: 'direct' }],
  ['/v1/judgments', { responses: ['GOOD'], protocol: 'pointwise', rubric }],
  ['/v1/judgments', { responses: ['GOOD'], protocol: 'pointwise', rubric, scoring: 'implicit' }],
  ['/v1/judgments', { responses: ['GOOD'], protocol: 'pointwise', rubric, scoring: 'probability' }],
  ['/v1/rewards', { responses: ['GOOD', 'b', 'GOOD c'], anchor: 'all', fit: 'bradley-terry' }],
  ['/v1/rewards', { responses: ['GOOD', 'b'], protocol: 'pointwise', rubric }],
] as const

/** A number, or null with a reason; all that is told is within its range. */
function expectNumberOrReason(value: unknown, error: unknown) {
  if (value === null) expect(error).toMatchObject({ code: expect.any(String), message: expect.any(String) })
  else expect(Math.abs(Number(value))).toBeLessThanOrEqual(2)
}

describe.each([
  ['log-probability', picking],
  ['verdict', writing],
])('a %s that is no number', (_what, serve) => {
  it.each(NUMBERS)('%s: a number that holds, or null with a reason', async (number) => {
    const { call, ask } = await serve(number)
    let spent = 0
    for (const [path, body] of asks) {
      const answer = await bodyOf(await call(path, { prompt: 'Which?', ...body }))
      spent += answer.usage?.judge_calls ?? 0
      if ('data' in answer) for (const { reward, error } of answer.data) expectNumberOrReason(reward, error)
      else if ('object' in answer) expectNumberOrReason(answer.score, answer.error)
      else expect(answer.error).toMatchObject({ code: expect.any(String) })
      if (answer.confidence != null) expect(answer.confidence).toBeLessThanOrEqual(1)
    }
    expect((await ask('/v1/usage')).data[0].judge_calls).toBe(spent)
  })
})

it.each(['NaN', '-Infinity', '1e999', '"NaN"', '-1e308'])(
  'log-probabilities of %s decide nothing',
  async (number) => {
    const { ask } = await picking(number)
    for (const body of [asks[1][1], asks[3][1], asks[4][1], asks[5][1]]) {
      const { score, error } = await ask('/v1/judgments', { prompt: 'Which?', ...body })
      expect([score, error?.type]).toEqual([null, 'service'])
    }
  },
)

it.each(['NaN', '1e999', '"NaN"', 'null', '700'])('verdicts of %s decide nothing', async (number) => {
  const { ask } = await writing(number)
  for (const body of [asks[1][1], asks[3][1], asks[4][1], asks[5][1]]) {
    const { score, error } = await ask('/v1/judgments', { prompt: 'Which?', ...body })
    expect([body, score, error?.type]).toEqual([body, null, 'service'])
  }
})
