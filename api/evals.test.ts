import OpenAI from 'openai'
import { beforeEach, describe, expect, it, test } from 'vitest'
import { evalObject } from '../shared/evals/eval.ts'
import { findExported } from '../shared/evals/imported.ts'
import { outputItem } from '../shared/evals/output-item.ts'
import { evalRun } from '../shared/evals/run.ts'
import { openTestApp } from './testing/test-app.ts'

let app: Awaited<ReturnType<typeof openTestApp>>
let client: OpenAI
beforeEach(async () => {
  app = await openTestApp()
  client = clientOf(app)
})

function clientOf({ key, send }: Pick<typeof app, 'key' | 'send'>): OpenAI {
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const { pathname, search } = new URL(url instanceof Request ? url.url : url)
    return send(pathname + search, init)
  }
  return new OpenAI({ apiKey: key, baseURL: 'http://localhost/v1', maxRetries: 0, fetch })
}

const ITEM_SCHEMA = {
  type: 'object',
  properties: { q: { type: 'string' }, a: { type: 'string' } },
  required: ['q', 'a'],
}
const exact = {
  type: 'string_check',
  name: 'exact',
  input: '{{sample.output_text}}',
  reference: '{{item.a}}',
  operation: 'eq',
} as const
const alike = {
  type: 'text_similarity',
  name: 'alike',
  input: '{{sample.output_text}}',
  reference: '{{item.a}}',
  evaluation_metric: 'fuzzy_match',
  pass_threshold: 0.5,
} as const
const ROWS = [
  { item: { q: '2 + 2', a: '4' }, sample: { output_text: '4' } },
  { item: { q: '2 + 3', a: '5' }, sample: { output_text: '55' } },
  { item: { q: '2 + 4', a: '6' }, sample: { output_text: 'six' } },
  { item: { q: '2 + 5', a: '7' } },
]

const create = (testing_criteria: object[] = [exact, alike]) =>
  client.evals.create({
    name: 'sums',
    data_source_config: { type: 'custom', item_schema: ITEM_SCHEMA, include_sample_schema: true },
    testing_criteria: testing_criteria as OpenAI.EvalCreateParams['testing_criteria'],
    metadata: { kind: 'test' },
  })
const jsonl = (content: OpenAI.Evals.CreateEvalJSONLRunDataSource.FileContent['content']) => ({
  data_source: { type: 'jsonl' as const, source: { type: 'file_content' as const, content } },
})
async function finish(eval_id: string, id: string) {
  for (;;) {
    const run = await client.evals.runs.retrieve(id, { eval_id })
    if (run.status !== 'queued' && run.status !== 'in_progress') return run
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('an eval is made, read, listed, changed and deleted with the OpenAI SDK', async () => {
  const made = await create()
  evalObject.parse(made)
  expect(made).toMatchObject({
    name: 'sums',
    data_source_config: { type: 'custom', schema: { properties: { item: ITEM_SCHEMA } } },
    testing_criteria: [exact, alike],
    metadata: { kind: 'test' },
  })
  const second = await create()
  expect(await client.evals.retrieve(made.id)).toEqual(made)
  const listed = await client.evals.list({ limit: 1 })
  expect([listed.data.length, listed.has_more]).toEqual([1, true])
  const ids: string[] = []
  for await (const one of client.evals.list({ limit: 1, order: 'desc' })) ids.push(one.id)
  expect(new Set(ids)).toEqual(new Set([made.id, second.id]))
  expect(await client.evals.update(made.id, { name: 'more sums' })).toMatchObject({
    name: 'more sums',
    metadata: { kind: 'test' },
  })
  expect(await client.evals.delete(second.id)).toMatchObject({ deleted: true, eval_id: second.id })
  await expect(client.evals.retrieve(second.id)).rejects.toMatchObject({
    status: 404,
    code: 'eval_not_found',
  })
})

test('a run over rows that hold responses: every row is graded, none that could not be is a score', async () => {
  const { id: eval_id } = await create()
  const begun = await client.evals.runs.create(eval_id, { name: 'first', ...jsonl(ROWS) })
  evalRun.parse(begun)
  expect(begun).toMatchObject({ name: 'first', eval_id, result_counts: { total: 4 } })
  const run = await finish(eval_id, begun.id)
  expect(run).toMatchObject({
    status: 'completed',
    error: null,
    result_counts: { total: 4, passed: 1, failed: 2, errored: 1 },
    per_testing_criteria_results: [
      { testing_criteria: 'exact', passed: 1, failed: 2, errored: 1 },
      { testing_criteria: 'alike', passed: 2, failed: 1, errored: 1 },
    ],
    per_model_usage: [],
  })
  expect(run.report_url).toContain(run.id)

  const items = []
  for await (const item of client.evals.runs.outputItems.list(run.id, { eval_id, limit: 1 })) items.push(item)
  expect(items.map(({ status, datasource_item_id }) => [datasource_item_id, status])).toEqual([
    [0, 'pass'],
    [1, 'fail'],
    [2, 'fail'],
    [3, 'error'],
  ])
  for (const item of items) outputItem.parse(item)
  expect(items[1]).toMatchObject({
    datasource_item: { q: '2 + 3', a: '5' },
    results: [
      { name: 'exact', type: 'string_check', score: 0, passed: false },
      { name: 'alike', type: 'text_similarity', passed: true },
    ],
    sample: { output: [{ role: 'assistant', content: '55' }] },
  })
  expect(items[3]?.results).toMatchObject([
    { name: 'exact', score: null, passed: null, errors: { invalid_variable_error: true } },
    { name: 'alike', score: null, passed: null },
  ])
  const failed = await client.evals.runs.outputItems.list(run.id, { eval_id, status: 'fail', order: 'desc' })
  expect(failed.data.map(({ datasource_item_id }) => datasource_item_id)).toEqual([2, 1])
  const one = await client.evals.runs.outputItems.retrieve(items[0]?.id ?? '', { eval_id, run_id: run.id })
  expect(one).toEqual(items[0])
})

test('the rows of a file', async () => {
  const { id: eval_id } = await create([exact])
  const text = ROWS.slice(0, 2)
    .map((row) => JSON.stringify(row))
    .join('\r\n')
  const file = await client.files.create({
    purpose: 'evals',
    file: new File([`\uFEFF${text}\n\n`], 'rows.jsonl'),
  })
  expect(file.purpose).toBe('evals')
  const source = { type: 'file_id' as const, id: file.id }
  const run = await client.evals.runs.create(eval_id, { data_source: { type: 'jsonl', source } })
  expect(await finish(eval_id, run.id)).toMatchObject({ result_counts: { total: 2, passed: 1, failed: 1 } })
  const broken = await client.files.create({
    purpose: 'evals',
    file: new File([`${text}\n{"item": 3}`], 'rows.jsonl'),
  })
  const create3 = client.evals.runs.create(eval_id, {
    data_source: { type: 'jsonl', source: { type: 'file_id', id: broken.id } },
  })
  await expect(create3).rejects.toThrow(/Row 3/)
})

describe('a model that answers the rows', () => {
  const asked = (type: 'completions' | 'responses', more: object = {}) => ({
    data_source: {
      type,
      model: 'opinionated',
      source: { type: 'file_content', content: [{ item: { q: 'GOOD {{item.a}}', a: '4' } }] },
      input_messages: {
        type: 'template',
        template: [
          { role: 'developer', content: 'Be brief.' },
          { type: 'message', role: 'user', content: { type: 'input_text', text: 'Q: {{item.q}}' } },
        ],
      },
      ...more,
    } as OpenAI.Evals.RunCreateParams['data_source'],
  })

  it.each([
    ['completions', { response_format: { type: 'json_schema', json_schema: { name: 'sum', schema: {} } } }],
    ['responses', { text: { format: { type: 'json_schema', name: 'sum', schema: {} } } }],
  ] as const)('%s', async (type, format) => {
    app.models.replies.sum = () => '{"sum": 4}'
    const sum = { ...exact, input: '{{sample.output_json.sum}}' }
    const { id: eval_id } = await create([sum])
    const sampling_params = { temperature: 0.25, max_completion_tokens: 7, seed: 5, top_p: 0.5, ...format }
    const { id } = await client.evals.runs.create(eval_id, asked(type, { sampling_params }))
    const run = await finish(eval_id, id)
    expect(run).toMatchObject({
      model: 'opinionated',
      result_counts: { passed: 1 },
      per_model_usage: [{ model_name: 'opinionated', invocation_count: 1 }],
    })
    expect(run.per_model_usage[0]?.total_tokens).toBeGreaterThan(0)
    expect(app.models.bodies.at(-1)).toMatchObject({
      model: 'opinionated',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Q: GOOD {{item.a}}' },
      ],
      temperature: 0.25,
      max_tokens: 7,
      seed: 5,
      top_p: 0.5,
    })
    const { data } = await client.evals.runs.outputItems.list(id, { eval_id })
    expect(data[0]?.sample).toMatchObject({
      model: 'opinionated',
      output: [{ role: 'assistant', content: '{"sum": 4}' }],
      finish_reason: 'stop',
      error: null,
      seed: 5,
    })
  })

  it('a conversation that a row holds is data and no template', async () => {
    const { id: eval_id } = await create([exact])
    const content = [{ item: { q: 'x', a: 'y', talk: [{ role: 'user', content: '{{item.a}}' }] } }]
    const more = {
      source: { type: 'file_content', content },
      input_messages: { type: 'item_reference', item_reference: 'item.talk' },
    }
    const { id } = await client.evals.runs.create(eval_id, asked('completions', more))
    await finish(eval_id, id)
    expect(app.models.bodies.at(-1)).toMatchObject({ messages: [{ role: 'user', content: '{{item.a}}' }] })
  })

  it('a model that fails makes errors and no scores', async () => {
    app.models.manner = 'status 500'
    const { id: eval_id } = await create([exact])
    const { id } = await client.evals.runs.create(eval_id, asked('completions'))
    expect(await finish(eval_id, id)).toMatchObject({
      status: 'completed',
      result_counts: { total: 1, passed: 0, failed: 0, errored: 1 },
      per_testing_criteria_results: [{ passed: 0, failed: 0, errored: 1 }],
    })
    const { data } = await client.evals.runs.outputItems.list(id, { eval_id })
    expect(data[0]).toMatchObject({
      status: 'error',
      results: [],
      sample: { error: { code: 'model_http_error' } },
    })
  })
})

test('a run that is canceled keeps what was graded, and grades no more', async () => {
  app.models.manner = 'slowly'
  const { id: eval_id } = await create([exact])
  const content = Array.from({ length: 60 }, (_, n) => ({ item: { q: `${n}`, a: 'x' } }))
  const data_source = {
    type: 'completions',
    model: 'opinionated',
    source: { type: 'file_content', content },
    input_messages: { type: 'template', template: [{ role: 'user', content: '{{item.q}}' }] },
  } as const
  const { id } = await client.evals.runs.create(eval_id, { data_source })
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect((await client.evals.runs.cancel(id, { eval_id })).status).toBe('canceled')
  await new Promise((resolve) => setTimeout(resolve, 120))
  const { status, result_counts } = await client.evals.runs.retrieve(id, { eval_id })
  const { data } = await client.evals.runs.outputItems.list(id, { eval_id, limit: 100 })
  expect(status).toBe('canceled')
  expect(data.length).toBeLessThan(60)
  expect(result_counts.passed + result_counts.failed + result_counts.errored).toBe(data.length)
  expect(await client.evals.runs.delete(id, { eval_id })).toMatchObject({ deleted: true, run_id: id })
  await expect(client.evals.runs.retrieve(id, { eval_id })).rejects.toMatchObject({ status: 404 })
})

test('what is wrong with an eval or a run is said at once', async () => {
  const custom = { type: 'custom', item_schema: ITEM_SCHEMA }
  const refusals: [object, string][] = [
    [{ data_source_config: { type: 'logs' }, testing_criteria: [exact] }, 'stored completions'],
    [{ data_source_config: custom, testing_criteria: [] }, 'must hold a grader'],
    [
      { data_source_config: custom, testing_criteria: [{ ...alike, pass_threshold: null }] },
      'pass_threshold',
    ],
    [{ data_source_config: custom, testing_criteria: [exact, exact] }, "called 'exact'"],
    [{ data_source_config: custom, testing_criteria: [{ ...exact, input: '{{x}}' }] }, 'is no variable'],
    [{ data_source_config: custom, testing_criteria: [{ ...exact, type: 'endpoint' }] }, '/rlhf/foundry'],
    [
      {
        data_source_config: { type: 'custom', item_schema: { type: 'text' } },
        testing_criteria: [exact],
      },
      'item_schema',
    ],
  ]
  for (const [body, sentence] of refusals) {
    const { error } = await app.ask('/v1/evals', body)
    expect([body, error?.message]).toEqual([body, expect.stringContaining(sentence)])
  }
  const { id } = await create([exact])
  const file = (rows: object) => ({
    data_source: { type: 'jsonl', source: { type: 'file_content', content: rows } },
  })
  const runs: [object, string][] = [
    [file([]), 'must hold a row'],
    [file([{ item: { q: 'x' } }]), 'Row 1'],
    [{ data_source: { type: 'jsonl', source: { type: 'stored_completions' } } }, 'send its rows'],
    [
      { data_source: { type: 'jsonl', source: { type: 'file_id', id: `file-${'0'.repeat(32)}` } } },
      'no file',
    ],
    [
      { data_source: { ...file(ROWS).data_source, type: 'completions', model: 'opinionated' } },
      'input_messages',
    ],
  ]
  for (const [body, sentence] of runs) {
    const { error } = await app.ask(`/v1/evals/${id}/runs`, body)
    expect([body, error?.message]).toEqual([body, expect.stringContaining(sentence)])
  }
})

test('an organisation sees its own evals alone', async () => {
  const { id: eval_id } = await create([exact])
  const { id } = await client.evals.runs.create(eval_id, jsonl(ROWS))
  const other = clientOf(await openTestApp())
  expect((await other.evals.list()).data).toEqual([])
  await expect(other.evals.retrieve(eval_id)).rejects.toMatchObject({ status: 404 })
  await expect(other.evals.runs.retrieve(id, { eval_id })).rejects.toMatchObject({ status: 404 })
  await expect(other.evals.runs.outputItems.list(id, { eval_id })).rejects.toMatchObject({ status: 404 })
  await expect(other.evals.delete(eval_id)).rejects.toMatchObject({ status: 404 })
})

describe('an import of what the hosted API gave', () => {
  const label = {
    id: 'Grader-9b87',
    name: 'Grader',
    type: 'label_model',
    model: 'o3-mini',
    input: [{ type: 'message', role: 'user', content: { type: 'input_text', text: '{{item.input}}' } }],
    labels: ['correct', 'incorrect'],
    passing_labels: ['correct'],
    sampling_params: null,
  }
  const evalOf = {
    object: 'eval',
    id: 'eval_67abd54d',
    data_source_config: {
      type: 'stored_completions',
      metadata: { usecase: 'x' },
      schema: { type: 'object' },
    },
    testing_criteria: [label],
    name: 'Push',
    created_at: 1_739_314_509,
    metadata: { description: 'd' },
  }
  const runOf = {
    object: 'eval.run',
    id: 'evalrun_67abd',
    eval_id: evalOf.id,
    report_url: 'https://example.com/evals/67abd',
    status: 'completed',
    model: 'o3-mini',
    name: 'push v2',
    created_at: 1_739_314_600,
    result_counts: { total: 2, errored: 0, failed: 1, passed: 1 },
    per_model_usage: null,
    per_testing_criteria_results: [{ testing_criteria: label.id, passed: 1, failed: 1 }],
    data_source: { type: 'completions', source: { type: 'stored_completions', model: null }, model: null },
    error: null,
    metadata: {},
  }
  const itemOf = (n: number) => ({
    object: 'eval.run.output_item',
    id: `outputitem_${n}`,
    created_at: 1_739_314_700,
    run_id: runOf.id,
    eval_id: evalOf.id,
    status: n === 0 ? 'pass' : 'fail',
    datasource_item_id: 7,
    datasource_item: { input: `${n}` },
    results: [{ name: label.id, sample: null, passed: n === 0, score: n === 0 ? 1 : 0 }],
    sample: { input: [], output: [{ role: 'assistant', content: 'x' }], model: 'o3-mini' },
  })
  const whole = { evals: [evalOf], runs: [runOf], output_items: [itemOf(0), itemOf(1)] }

  it('keeps evals, runs and results as they were, under ids of its own', async () => {
    const made = await app.ask('/v1/evals/import', whole)
    expect(await app.ask('/v1/evals/import', whole)).toEqual(made)
    const eval_id = made.evals[evalOf.id]
    const id = made.runs[runOf.id]
    expect(made).toMatchObject({ object: 'eval.import', output_items: 2 })
    expect(await client.evals.retrieve(eval_id)).toEqual({ ...evalOf, id: eval_id, imported_from: evalOf.id })
    expect(await client.evals.runs.retrieve(id, { eval_id })).toEqual({
      ...runOf,
      id,
      eval_id,
      imported_from: runOf.id,
    })
    const { data } = await client.evals.runs.outputItems.list(id, { eval_id })
    expect(data.map(({ datasource_item, results }) => [datasource_item, results])).toEqual(
      [0, 1].map((n) => [itemOf(n).datasource_item, itemOf(n).results]),
    )
    // its graders can be run again on rows, once a model entry has the name that they ask
    const run = client.evals.runs.create(eval_id, jsonl([{ item: { input: 'x' } }]))
    await expect(run).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })

  it('what belongs to nothing is refused by name', async () => {
    const orphan = await app.ask('/v1/evals/import', { runs: [runOf] })
    expect(orphan.error).toMatchObject({
      code: 'eval_not_found',
      message: expect.stringContaining(evalOf.id),
    })
    await app.ask('/v1/evals/import', { evals: [evalOf] })
    const item = await app.ask('/v1/evals/import', { output_items: [itemOf(0)] })
    expect(item.error).toMatchObject({ code: 'eval_run_not_found' })
  })

  it('an export is found in whatever shape a script gave it', () => {
    const page = { object: 'list', data: [itemOf(0), itemOf(1)], has_more: false }
    const found = {
      evals: [evalOf],
      runs: [{ ...runOf, output_items: page }],
      output_items: [itemOf(0), itemOf(1)],
    }
    expect(findExported([{ eval: evalOf, runs: [{ ...runOf, output_items: page }] }])).toEqual(found)
    expect(findExported({ [evalOf.id]: { eval: evalOf } })).toMatchObject({ evals: [evalOf] })
    const data = { ...itemOf(0), datasource_item: { object: 'eval', x: itemOf(1) } }
    expect(findExported(data).output_items).toHaveLength(1)
    expect(findExported('text')).toEqual({ evals: [], runs: [], output_items: [] })
  })
})
