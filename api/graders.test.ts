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
