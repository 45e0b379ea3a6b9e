import { beforeEach, describe, expect, it } from 'vitest'
import { findExported } from '../shared/evals/imported.ts'
import { jsonl, openEvalsApp } from './testing/evals-app.ts'

let app: Awaited<ReturnType<typeof openEvalsApp>>
beforeEach(async () => {
  app = await openEvalsApp()
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
    const made = await app.ask('/v1/eval_imports', whole)
    expect(await app.ask('/v1/eval_imports', whole)).toEqual(made)
    const eval_id = made.evals[evalOf.id]
    const id = made.runs[runOf.id]
    expect(made).toMatchObject({ object: 'eval.import', output_items: 2 })
    expect(await app.client.evals.retrieve(eval_id)).toEqual({
      ...evalOf,
      id: eval_id,
      imported_from: evalOf.id,
    })
    expect(await app.client.evals.runs.retrieve(id, { eval_id })).toEqual({
      ...runOf,
      id,
      eval_id,
      imported_from: runOf.id,
    })
    const { data } = await app.client.evals.runs.outputItems.list(id, { eval_id })
    expect(data.map(({ datasource_item, results }) => [datasource_item, results])).toEqual(
      [0, 1].map((n) => [itemOf(n).datasource_item, itemOf(n).results]),
    )
    // its graders can be run again on rows, once a model entry has the name that they ask
    const run = app.client.evals.runs.create(eval_id, jsonl([{ item: { input: 'x' } }]))
    await expect(run).rejects.toMatchObject({ status: 404, code: 'model_not_found' })
  })

  it('what belongs to nothing is refused by name', async () => {
    const orphan = await app.ask('/v1/eval_imports', { runs: [runOf] })
    expect(orphan.error).toMatchObject({
      code: 'eval_not_found',
      message: expect.stringContaining(evalOf.id),
    })
    await app.ask('/v1/eval_imports', { evals: [evalOf] })
    const item = await app.ask('/v1/eval_imports', { output_items: [itemOf(0)] })
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
