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

describe('the contract of a run', () => {
  it("OpenAI's example, with the fourteen keys of errors", async () => {
    const made = await app.ask(RUN, {
      grader: { ...string, operation: 'eq' },
      item: { label: '4' },
      model_sample: '4',
    })
    expect(Object.keys(made).toSorted()).toEqual([
      'metadata',
      'model_grader_token_usage_per_model',
      'reward',
      'sub_rewards',
    ])
    expect(made).toMatchObject({
      reward: 1,
      metadata: {
        name: 'g',
        type: 'string_check',
        scores: { g: 1 },
        token_usage: null,
        sampled_model_name: null,
      },
      sub_rewards: {},
      model_grader_token_usage_per_model: {},
    })
    expect(Object.keys(made.metadata.errors)).toHaveLength(14)
    expect(Object.values(made.metadata.errors).every((error) => error === false || error === null)).toBe(true)
  })

  it.each([
    ['eq', '4', 1],
    ['eq', ' 4', 0],
    ['ne', '5', 1],
    ['like', 'it is 4.', 1],
    ['like', 'none', 0],
    ['ilike', 'it is 4.', 1],
  ])('string_check %s of %s', async (operation, sample, reward) => {
    expect((await run({ ...string, operation }, sample)).reward).toBe(reward)
  })

  it('ilike knows no case, like does', async () => {
    const item = { label: 'pARIS' }
    expect((await run({ ...string, operation: 'ilike' }, 'In Paris.', item)).reward).toBe(1)
    expect((await run({ ...string, operation: 'like' }, 'In Paris.', item)).reward).toBe(0)
  })

  it.each([
    ['fuzzy_match', 0.709677],
    ['bleu', 0.209587],
    ['gleu', 0.294118],
    ['meteor', 0.620513],
    ['rouge_1', 0.714286],
    ['rouge_2', 0.5],
    ['rouge_3', 0.2],
    ['rouge_4', 0],
    ['rouge_5', 0],
    ['rouge_l', 0.714286],
  ])('text_similarity by %s', async (evaluation_metric, reward) => {
    const grader = { ...string, type: 'text_similarity', evaluation_metric }
    const made = await run(grader, 'The cat sat on the mat.', {
      label: 'The cat is sitting on the mat, quietly.',
    })
    expect(made.reward).toBeCloseTo(reward, 5)
  })

  it('output_json of a sample that is JSON, and an error of one that is not', async () => {
    const grader = { ...string, input: '{{ sample.output_json.x.y[0] }}', operation: 'eq' }
    expect((await run(grader, '{"x":{"y":[4]}}')).reward).toBe(1)
    const { reward, metadata } = await run(grader, 'prose')
    expect(reward).toBe(null)
    expect(metadata.errors).toMatchObject({ sample_parse_error: true, invalid_variable_error: false })
    expect(metadata.details).toContain('no JSON')
  })

  it('a variable that is missing is an error and no score', async () => {
    const { reward, metadata } = await run({ ...string, operation: 'eq', reference: '{{item.missing}}' }, '4')
    expect(reward).toBe(null)
    expect(metadata.errors).toMatchObject({ invalid_variable_error: true, other_error: false })
  })
})

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
    expect((await run(grader, 'x')).reward).toBe(0)
    app.models.replies.label = () => '{"result":"fine"}'
    expect((await run(grader, 'x')).metadata.errors.model_grader_parse_error).toBe(true)
  })

  it('what a candidate writes is no template', async () => {
    app.models.replies.score = (text) => (text.includes('{{item.q}} $& {{') ? '1' : '0')
    expect((await run(scores({}), '{{item.q}} $& {{')).reward).toBe(1)
  })
})

describe('several graders and a formula', () => {
  const eq = { ...string, operation: 'eq', name: 'same' }
  const like = { ...string, operation: 'like', name: 'holds it' }
  const fuzzy = { ...string, type: 'text_similarity', evaluation_metric: 'fuzzy_match', name: 'alike' }
  const multi = (graders: unknown, calculate_output: string, more: object = {}) => ({
    type: 'multi',
    name: 'm',
    graders,
    calculate_output,
    ...more,
  })

  it.each([
    ['one grader', eq, '2 * same', 2],
    ['a list, by names', [eq, like], '0.25 * same + holds it', 1.25],
    ['a list, by types', [eq, fuzzy], '0.5 * text_similarity_score + 0.5 * string_check_score', 1],
    ['an object, by keys', { a: eq, b: fuzzy }, 'min(a, b) ^ 2', 1],
    ['an object, by names', { a: eq, b: fuzzy }, 'same + alike', 2],
  ])('%s', async (_, graders, formula, reward) => {
    expect((await run(multi(graders, formula), '4')).reward).toBe(reward)
  })

  it('shows what each came to', async () => {
    const { sub_rewards, metadata } = await run(multi({ a: eq, b: like }, 'a + b'), 'is 4')
    expect(sub_rewards).toEqual({ a: 0, b: 1 })
    expect(metadata).toMatchObject({ type: 'multi', scores: { a: 0, b: 1 } })
  })

  it('a formula that can not be read', async () => {
    for (const formula of ['a +', 'a + b)', 'c', 'string_check_score']) {
      const graders = { a: eq, b: like }
      const { reward, metadata } = await run(multi(graders, formula), '4')
      expect([formula, reward, metadata.errors.formula_parse_error]).toEqual([formula, null, true])
      const refused = await app.call(VALIDATE, { grader: multi(graders, formula) })
      expect(refused.status).toBe(400)
    }
  })

  it('one that could not tell leaves no reward, or the invalid_grade that the grader names', async () => {
    const broken = { ...eq, reference: '{{item.missing}}' }
    const made = await run(multi({ a: eq, b: broken }, 'a + b'), '4')
    expect(made).toMatchObject({
      reward: null,
      sub_rewards: { a: 1, b: null },
      metadata: { errors: { invalid_variable_error: true, formula_parse_error: false } },
    })
    expect((await run(multi({ a: eq, b: broken }, 'a + b', { invalid_grade: -1 }), '4')).reward).toBe(-1)
    expect((await run(multi({ a: eq, b: broken }, 'a'), '4')).reward).toBe(1)
    expect((await run(multi({ a: eq }, 'a / 0'), '4')).metadata.errors.other_error).toBe(true)
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

test('a Python grader without a place to run in is an error of the server and no score', async () => {
  const { reward, metadata } = await run(
    { type: 'python', name: 'p', source: 'def grade(s, i): return 1' },
    'x',
  )
  expect(reward).toBe(null)
  expect(metadata.errors).toMatchObject({
    python_grader_server_error: true,
    python_grader_server_error_type: 'no_sandbox',
  })
})

test('a Python grader goes to the worker whose entry says that it runs Python', async () => {
  const bodies: unknown[] = []
  const worker = async (url: string, init: RequestInit) => {
    expect(url).toBe('http://worker.test/v1/fine_tuning/alpha/graders/run')
    bodies.push(JSON.parse(String(init.body)))
    const other = await openTestApp()
    const grader = { ...string, operation: 'eq' }
    return other.call(RUN, { grader, model_sample: '4', item: { label: '4' } })
  }
  const entry = {
    id: 'w',
    base_url: 'http://worker.test/v1',
    model: 'm',
    judges: 'there',
    sandbox: ['python'],
  }
  app = await openTestApp({ PLUMBLINE_MODELS: JSON.stringify([entry]), PLUMBLINE_DEFAULT_MODEL: '' }, worker)
  const source = 'def grade(sample, item): return 1.0'
  expect((await run({ type: 'python', name: 'p', source }, '{"a":1}')).reward).toBe(1)
  expect(bodies).toEqual([
    {
      grader: { type: 'python', name: 'p', source },
      model_sample: '{"a":1}',
      item: { label: '4', q: '2 + 2?' },
      sample: { output_json: { a: 1 } },
    },
  ])
})
