import { beforeEach, describe, expect, it, test } from 'vitest'
import { graderRunReply } from '../shared/graders/protocol.ts'
import { openTestApp } from './testing/test-app.ts'

const RUN = '/v1/fine_tuning/alpha/graders/run'
const VALIDATE = '/v1/fine_tuning/alpha/graders/validate'

let app: Awaited<ReturnType<typeof openTestApp>>
beforeEach(async () => {
  app = await openTestApp()
})

const string = {
  type: 'string_check',
  name: 'g',
  input: '{{sample.output_text}}',
  reference: '{{item.label}}',
}
const scores = (grader: object) => ({
  type: 'score_model',
  name: 's',
  model: 'opinionated',
  input: [
    { role: 'system', content: 'Score the answer.' },
    { role: 'user', content: [{ type: 'input_text', text: '{{item.q}}' }, '{{sample.output_text}}'] },
  ],
  ...grader,
})
const run = async (grader: object, model_sample: string, item: unknown = { label: '4', q: '2 + 2?' }) =>
  graderRunReply.parse(await app.ask(RUN, { grader, model_sample, item }))

describe('graders that ask a model', () => {
  it('a score in the range, with its tokens, sampled as it says', async () => {
    app.models.replies.score = () => '{"steps": [], "result": 7.5}'
    const sampling_params = {
      seed: 3,
      temperature: 0.5,
      top_p: 0.9,
      max_completions_tokens: 99,
      reasoning_effort: 'low',
    }
    const made = await run(scores({ range: [0, 10], sampling_params }), 'four')
    expect(made).toMatchObject({
      reward: 7.5,
      metadata: { scores: { s: 7.5 }, sampled_model_name: 'opinionated' },
    })
    expect(made.metadata.token_usage).toBeGreaterThan(0)
    const usage = made.model_grader_token_usage_per_model.opinionated
    expect(usage?.total_tokens).toBe(made.metadata.token_usage)
    expect(app.models.bodies.at(-1)).toMatchObject({
      seed: 3,
      temperature: 0.5,
      top_p: 0.9,
      max_tokens: 99,
      reasoning_effort: 'low',
      messages: [{ role: 'system' }, { role: 'user', content: '2 + 2?\nfour' }],
    })
  })

  it.each([
    ['a bare number', '0.25', 0.25],
    ['a number in quotes', '{"result": "0.5"}', 0.5],
    ['JSON in a fence', '```json\n{"result": 1}\n```', 1],
  ])('%s is read', async (_, reply, reward) => {
    app.models.replies.score = () => reply
    expect((await run(scores({}), 'x')).reward).toBe(reward)
  })

  it.each([
    ['prose', 'I would say 8 out of 10'],
    ['a score out of range', '{"result": 1.5}'],
    ['no result', '{"score": 1}'],
    ['not a number', '{"result": NaN}'],
    ['nothing', ''],
  ])('%s is a parse error, whose tokens are told', async (_, reply) => {
    app.models.replies.score = () => reply
    const { reward, metadata } = await run(scores({}), 'x')
    expect(reward).toBe(null)
    expect(metadata.errors).toMatchObject({
      model_grader_parse_error: true,
      model_grader_server_error: false,
    })
    expect(metadata.token_usage).toBeGreaterThan(0)
  })

  it('a server that fails is told with its details', async () => {
    app.models.manner = 'status 500'
    const { reward, metadata } = await run(scores({}), 'x')
    expect(reward).toBe(null)
    expect(metadata.errors.model_grader_server_error).toBe(true)
    expect(metadata.errors.model_grader_server_error_details).toContain('500')
  })

  it('a model that there is not is a mistake of the caller', async () => {
    const reply = await app.call(RUN, { grader: scores({ model: 'gpt-9' }), model_sample: 'x' })
    expect(reply.status).toBe(404)
  })

  it('a label, passing or not', async () => {
    const grader = {
      ...scores({}),
      type: 'label_model',
      labels: ['good', 'bad'],
      passing_labels: ['good'],
    }
    app.models.replies.label = () => '{"result":"good"}'
    expect(await run(grader, 'x')).toMatchObject({ reward: 1, metadata: { details: "The label is 'good'." } })
    app.models.replies.label = () => 'bad'
    expect((await run(grader, 'y')).reward).toBe(0)
    app.models.replies.label = () => '{"result":"fine"}'
    expect((await run(grader, 'z')).metadata.errors.model_grader_parse_error).toBe(true)
  })

  it('what a candidate writes is no template', async () => {
    app.models.replies.score = (text) => (text.includes('{{item.q}} $& {{') ? '1' : '0')
    expect((await run(scores({}), '{{item.q}} $& {{')).reward).toBe(1)
  })
})

test('validate gives a grader back as it came, or says what is wrong', async () => {
  const grader = { ...string, operation: 'eq', id: 'kept' }
  expect(await app.ask(VALIDATE, { grader })).toEqual({ grader })
  const wrong: [object, string][] = [
    [{ ...grader, operation: 'equal' }, "'grader.operation'"],
    [{ ...grader, input: '{{output_text}}' }, 'is no variable'],
    [{ type: 'endpoint', name: 'e', url: 'http://x' }, '/rlhf/foundry'],
    [{ type: 'nothing' }, 'string_check'],
    [{ type: 'multi', name: 'm', graders: {}, calculate_output: '1' }, "'grader.graders'"],
    [{ ...string, type: 'text_similarity', evaluation_metric: 'cosine' }, 'embeddings'],
    [scores({ range: [1, 0] }), "'grader.range'"],
    [scores({ input: [{ role: 'user', content: { type: 'input_image', image_url: 'x' } }] }), 'must be text'],
    [
      { ...scores({}), type: 'label_model', labels: ['a'], passing_labels: ['b'] },
      "'grader.passing_labels' must be among labels",
    ],
  ]
  for (const [wrongGrader, sentence] of wrong) {
    const reply = await app.call(VALIDATE, { grader: wrongGrader })
    expect([reply.status, JSON.parse(await reply.text()).error.message]).toEqual([
      400,
      expect.stringContaining(sentence),
    ])
  }
})

test('cosine is that of the embeddings of a model entry', async () => {
  const vectors: Record<string, number[]> = { a: [1, 0], b: [1, 1] }
  const embeddings = async (url: string, init: RequestInit) => {
    expect(url).toBe('http://models.test/v1/embeddings')
    const { input } = JSON.parse(String(init.body))
    return Response.json({ data: input.map((text: string) => ({ embedding: vectors[text] })) })
  }
  app = await openTestApp({}, embeddings)
  const grader = { ...string, type: 'text_similarity', evaluation_metric: 'cosine', model: 'opinionated' }
  expect((await run(grader, 'a', { label: 'b' })).reward).toBeCloseTo(Math.SQRT1_2, 12)
  expect((await run(grader, 'a', { label: 'unknown' })).metadata.errors).toMatchObject({
    model_grader_parse_error: true,
  })
})
