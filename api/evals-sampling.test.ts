import type OpenAI from 'openai'
import { beforeEach, describe, expect, it, test } from 'vitest'
import { exact, openEvalsApp } from './testing/evals-app.ts'

let app: Awaited<ReturnType<typeof openEvalsApp>>
beforeEach(async () => {
  app = await openEvalsApp()
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
    const { id: eval_id } = await app.create([sum])
    const sampling_params = { temperature: 0.25, max_completion_tokens: 7, seed: 5, top_p: 0.5, ...format }
    const { id } = await app.client.evals.runs.create(eval_id, asked(type, { sampling_params }))
    const run = await app.finish(eval_id, id)
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
    const { data } = await app.client.evals.runs.outputItems.list(id, { eval_id })
    expect(data[0]?.sample).toMatchObject({
      model: 'opinionated',
      output: [{ role: 'assistant', content: '{"sum": 4}' }],
      finish_reason: 'stop',
      error: null,
      seed: 5,
    })
  })

  it('a conversation that a row holds is data and no template', async () => {
    const { id: eval_id } = await app.create([exact])
    const content = [{ item: { q: 'x', a: 'y', talk: [{ role: 'user', content: '{{item.a}}' }] } }]
    const more = {
      source: { type: 'file_content', content },
      input_messages: { type: 'item_reference', item_reference: 'item.talk' },
    }
    const { id } = await app.client.evals.runs.create(eval_id, asked('completions', more))
    await app.finish(eval_id, id)
    expect(app.models.bodies.at(-1)).toMatchObject({ messages: [{ role: 'user', content: '{{item.a}}' }] })
  })

  it('a call that fails for the moment is made again', async () => {
    app.models.failsAt = 1
    const { id: eval_id } = await app.create([{ ...exact, operation: 'ne' }])
    const { id } = await app.client.evals.runs.create(eval_id, asked('completions'))
    expect(await app.finish(eval_id, id)).toMatchObject({ result_counts: { passed: 1, errored: 0 } })
    expect(app.models.calls).toBe(2)
  })

  it('a model that fails makes errors and no scores', async () => {
    app.models.manner = 'refuses the key'
    const { id: eval_id } = await app.create([exact])
    const { id } = await app.client.evals.runs.create(eval_id, asked('completions'))
    expect(await app.finish(eval_id, id)).toMatchObject({
      status: 'completed',
      result_counts: { total: 1, passed: 0, failed: 0, errored: 1 },
      per_testing_criteria_results: [{ passed: 0, failed: 0, errored: 1 }],
    })
    const { data } = await app.client.evals.runs.outputItems.list(id, { eval_id })
    expect(data[0]).toMatchObject({
      status: 'error',
      results: [],
      sample: { error: { code: 'model_http_error' } },
    })
  })
})

test('a run that is canceled keeps what was graded, and grades no more', async () => {
  app.models.manner = 'slowly'
  const { id: eval_id } = await app.create([exact])
  const content = Array.from({ length: 60 }, (_, n) => ({ item: { q: `${n}`, a: 'x' } }))
  const data_source: OpenAI.Evals.CreateEvalCompletionsRunDataSource = {
    type: 'completions',
    model: 'opinionated',
    source: { type: 'file_content', content },
    input_messages: { type: 'template', template: [{ role: 'user', content: '{{item.q}}' }] },
  }
  const { id } = await app.client.evals.runs.create(eval_id, { data_source })
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect((await app.client.evals.runs.cancel(id, { eval_id })).status).toBe('canceled')
  await new Promise((resolve) => setTimeout(resolve, 120))
  const { status, result_counts } = await app.client.evals.runs.retrieve(id, { eval_id })
  const { data } = await app.client.evals.runs.outputItems.list(id, { eval_id, limit: 100 })
  expect(status).toBe('canceled')
  expect(data.length).toBeLessThan(60)
  expect(result_counts.passed + result_counts.failed + result_counts.errored).toBe(data.length)
  expect(await app.client.evals.runs.delete(id, { eval_id })).toMatchObject({ deleted: true, run_id: id })
  await expect(app.client.evals.runs.retrieve(id, { eval_id })).rejects.toMatchObject({ status: 404 })
})
