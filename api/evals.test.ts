import { beforeEach, expect, test } from 'vitest'
import { evalObject } from '../shared/evals/eval.ts'
import { outputItem } from '../shared/evals/output-item.ts'
import { evalRun } from '../shared/evals/run.ts'
import { exact, ITEM_SCHEMA, jsonl, openEvalsApp } from './testing/evals-app.ts'

let app: Awaited<ReturnType<typeof openEvalsApp>>
beforeEach(async () => {
  app = await openEvalsApp()
})

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

test('an eval is made, read, listed, changed and deleted with the OpenAI SDK', async () => {
  const made = await app.create([exact, alike])
  evalObject.parse(made)
  expect(made).toMatchObject({
    name: 'sums',
    data_source_config: { type: 'custom', schema: { properties: { item: ITEM_SCHEMA } } },
    testing_criteria: [exact, alike],
    metadata: { kind: 'test' },
  })
  const second = await app.create([exact, alike])
  expect(await app.client.evals.retrieve(made.id)).toEqual(made)
  const listed = await app.client.evals.list({ limit: 1 })
  expect([listed.data.length, listed.has_more]).toEqual([1, true])
  const ids: string[] = []
  for await (const one of app.client.evals.list({ limit: 1, order: 'desc' })) ids.push(one.id)
  expect(new Set(ids)).toEqual(new Set([made.id, second.id]))
  expect(await app.client.evals.update(made.id, { name: 'more sums' })).toMatchObject({
    name: 'more sums',
    metadata: { kind: 'test' },
  })
  expect(await app.client.evals.delete(second.id)).toMatchObject({ deleted: true, eval_id: second.id })
  await expect(app.client.evals.retrieve(second.id)).rejects.toMatchObject({
    status: 404,
    code: 'eval_not_found',
  })
})

test('a run over rows that hold responses: every row is graded, none that could not be is a score', async () => {
  const { id: eval_id } = await app.create([exact, alike])
  const begun = await app.client.evals.runs.create(eval_id, { name: 'first', ...jsonl(ROWS) })
  evalRun.parse(begun)
  expect(begun).toMatchObject({ name: 'first', eval_id, result_counts: { total: 4 } })
  const run = await app.finish(eval_id, begun.id)
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
  for await (const item of app.client.evals.runs.outputItems.list(run.id, { eval_id, limit: 1 }))
    items.push(item)
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
  const failed = await app.client.evals.runs.outputItems.list(run.id, {
    eval_id,
    status: 'fail',
    order: 'desc',
  })
  expect(failed.data.map(({ datasource_item_id }) => datasource_item_id)).toEqual([2, 1])
  const one = await app.client.evals.runs.outputItems.retrieve(items[0]?.id ?? '', {
    eval_id,
    run_id: run.id,
  })
  expect(one).toEqual(items[0])
})

test('the rows of a file', async () => {
  const { id: eval_id } = await app.create([exact])
  const text = ROWS.slice(0, 2)
    .map((row) => JSON.stringify(row))
    .join('\r\n')
  const file = await app.client.files.create({
    purpose: 'evals',
    file: new File([`\uFEFF${text}\n\n`], 'rows.jsonl'),
  })
  expect(file.purpose).toBe('evals')
  const source = { type: 'file_id' as const, id: file.id }
  const run = await app.client.evals.runs.create(eval_id, { data_source: { type: 'jsonl', source } })
  expect(await app.finish(eval_id, run.id)).toMatchObject({
    result_counts: { total: 2, passed: 1, failed: 1 },
  })
  const broken = await app.client.files.create({
    purpose: 'evals',
    file: new File([`${text}\n{"item": 3}`], 'rows.jsonl'),
  })
  const create3 = app.client.evals.runs.create(eval_id, {
    data_source: { type: 'jsonl', source: { type: 'file_id', id: broken.id } },
  })
  await expect(create3).rejects.toThrow(/Row 3/)
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
  const { id } = await app.create([exact])
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
  const { id: eval_id } = await app.create([exact])
  const { id } = await app.client.evals.runs.create(eval_id, jsonl(ROWS))
  const other = (await openEvalsApp()).client
  expect((await other.evals.list()).data).toEqual([])
  await expect(other.evals.retrieve(eval_id)).rejects.toMatchObject({ status: 404 })
  await expect(other.evals.runs.retrieve(id, { eval_id })).rejects.toMatchObject({ status: 404 })
  await expect(other.evals.runs.outputItems.list(id, { eval_id })).rejects.toMatchObject({ status: 404 })
  await expect(other.evals.delete(eval_id)).rejects.toMatchObject({ status: 404 })
})
