import { beforeEach, expect, test } from 'vitest'
import { jsonl, openEvalsApp } from './testing/evals-app.ts'

const RUN = '/v1/fine_tuning/alpha/graders/run'

let app: Awaited<ReturnType<typeof openEvalsApp>>
beforeEach(async () => {
  app = await openEvalsApp()
  app.models.replies.score = () => '{"steps": [], "result": 0.5}'
})

const scores = (more: object = {}) => ({
  type: 'score_model',
  name: 's',
  model: 'opinionated',
  input: [{ role: 'user', content: 'Score {{sample.output_text}}' }],
  ...more,
})
const run = (grader: object, model_sample = 'four') => app.ask(RUN, { grader, model_sample, item: {} })
const usage = async () => (await app.ask('/v1/usage')).data

test('a grader that is run twice is paid for once', async () => {
  const first = await run(scores())
  const [spent] = await usage()
  expect(spent).toMatchObject({ chat_completions: 1, judgments: 0 })
  expect(spent.prompt_tokens + spent.completion_tokens).toBe(first.metadata.token_usage)
  const again = await run(scores())
  expect([again.reward, again.metadata.token_usage]).toEqual([first.reward, first.metadata.token_usage])
  expect(app.models.calls).toBe(1)
  expect(await usage()).toEqual([spent])
})

test('another sample, another seed and another temperature are asked about', async () => {
  await run(scores())
  await run(scores(), 'five')
  await run(scores({ sampling_params: { seed: 2 } }))
  await run(scores({ sampling_params: { temperature: 1 } }))
  expect(app.models.calls).toBe(4)
})

test('a call that failed is not recorded', async () => {
  app.models.failsAt = 1
  expect(await run(scores())).toMatchObject({ reward: null })
  expect(await run(scores())).toMatchObject({ reward: 0.5 })
  expect((await usage())[0]).toMatchObject({ chat_completions: 1 })
})

test('another organisation pays for its own', async () => {
  await run(scores())
  const other = await openEvalsApp()
  other.models.replies.score = () => '{"result": 1}'
  expect(await other.ask(RUN, { grader: scores(), model_sample: 'four' })).toMatchObject({ reward: 1 })
})

test('a run is charged to the key that began it; its model answers each row anew', async () => {
  const { id: eval_id } = await app.create([scores()])
  const item = { q: 'x', a: 'y' }
  const source = { type: 'file_content' as const, content: [{ item }, { item }] }
  const input_messages = {
    type: 'template' as const,
    template: [{ role: 'user' as const, content: '{{item.q}}' }],
  }
  const asked = { type: 'completions' as const, model: 'opinionated', source, input_messages }
  const begun = await app.client.evals.runs.create(eval_id, { data_source: asked })
  const { per_model_usage } = await app.finish(eval_id, begun.id)
  expect(per_model_usage[0]?.invocation_count).toBe(4)
  const [first] = await usage()
  expect(first.chat_completions).toBe(app.models.calls)
  const second = await app.client.evals.runs.create(eval_id, { data_source: asked })
  await app.finish(eval_id, second.id)
  const [both] = await usage()
  expect(both.chat_completions).toBe(first.chat_completions + 2)
  expect(both.api_key).toBe(first.api_key)
})

test('embeddings are charged, and once', async () => {
  app = await openEvalsApp({}, async () =>
    Response.json({
      data: [{ embedding: [1, 0] }, { embedding: [1, 0] }],
      usage: { prompt_tokens: 7, total_tokens: 7 },
    }),
  )
  const grader = {
    type: 'text_similarity',
    name: 'c',
    input: '{{sample.output_text}}',
    reference: 'x',
    evaluation_metric: 'cosine',
    model: 'opinionated',
  }
  expect((await run(grader)).reward).toBeCloseTo(1)
  expect((await run(grader)).reward).toBeCloseTo(1)
  expect(await usage()).toMatchObject([{ chat_completions: 1, prompt_tokens: 7 }])
})

test('a run that is graded by a judge says where the judgment lies, and a second one makes none', async () => {
  const judge = scores({
    model: 'plumbline/pointwise',
    input: [
      { role: 'user', content: '{{item.q}}' },
      { role: 'assistant', content: '{{sample.output_text}}' },
    ],
  })
  const { id: eval_id } = await app.create([judge])
  const rows = jsonl([{ item: { q: '2 + 2?', a: '4' }, sample: { output_text: 'GOOD' } }])
  const { id } = await app.client.evals.runs.create(eval_id, rows)
  expect(await app.finish(eval_id, id)).toMatchObject({
    status: 'completed',
    result_counts: { passed: 1 },
    per_model_usage: [{ model_name: 'plumbline/pointwise' }],
  })
  const { data } = await app.client.evals.runs.outputItems.list(id, { eval_id })
  const [, judgment] = /Judged in (\S+)\./.exec(JSON.stringify(data[0]?.results)) ?? []
  expect(await app.ask(`/v1/judgments/${judgment}`)).toMatchObject({ protocol: 'pointwise' })
  const before = await usage()
  expect(before).toMatchObject([{ judgments: 1, chat_completions: 0 }])
  const again = await app.client.evals.runs.create(eval_id, rows)
  await app.finish(eval_id, again.id)
  expect(await usage()).toEqual(before)
})
