import { expect, test } from 'vitest'
import { openTestApp } from './testing/test-app.ts'

const RUN = '/v1/fine_tuning/alpha/graders/run'
const string = {
  type: 'string_check',
  name: 'g',
  input: '{{sample.output_text}}',
  reference: '{{item.label}}',
  operation: 'eq',
}

test('whatever is sent is graded or refused, and is never a fault of the service', async () => {
  const { call } = await openTestApp()
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
  const samples = [
    '',
    deep,
    '{"__proto__": {"x": 1}}',
    '{"constructor": 1}',
    'null',
    '4',
    '\u0000',
    '{{item.label}}',
  ]
  const odd: unknown[] = [
    null,
    3,
    '',
    [],
    {},
    true,
    { type: 'multi' },
    'x'.repeat(5000),
    { __proto__: null, type: 'python' },
  ]
  const graders = [
    ...odd,
    ...odd.map((name) => ({ ...string, name })),
    ...odd.map((input) => ({ ...string, input })),
    ...odd.map((operation) => ({ ...string, operation })),
    ...odd.map((graders) => ({ type: 'multi', name: 'm', graders, calculate_output: 'g' })),
    ...odd.map((calculate_output) => ({ type: 'multi', name: 'm', graders: string, calculate_output })),
    ...odd.map((input) => ({ type: 'score_model', name: 's', model: 'opinionated', input })),
    ...odd.map((range) => ({
      type: 'score_model',
      name: 's',
      model: 'm',
      input: [{ role: 'user', content: 'x' }],
      range,
    })),
    { ...string, input: '{{sample.output_json}}', reference: '{{sample.output_json.__proto__.x}}' },
    JSON.parse('{"type":"multi","name":"m","calculate_output":"__proto__ + 1","graders":{"__proto__":{}}}'),
    {
      type: 'multi',
      name: 'm',
      graders: { type: string, toString: string },
      calculate_output: 'type + toString',
    },
  ]
  for (const [index, grader] of graders.entries()) {
    const model_sample = samples[index % samples.length]
    const reply = await call(RUN, { grader, model_sample, item: { label: '4' } })
    expect([index, reply.status < 500]).toEqual([index, true])
    const { reward, error } = JSON.parse(await reply.text())
    expect([index, error !== undefined || reward === null || Number.isFinite(reward)]).toEqual([index, true])
  }
})

test('long texts are graded in a second or refused with a reason', async () => {
  const { ask } = await openTestApp()
  const text = 'a b c '.repeat(33_000)
  for (const evaluation_metric of ['bleu', 'fuzzy_match', 'rouge_l', 'meteor']) {
    const grader = { ...string, type: 'text_similarity', evaluation_metric }
    const started = performance.now()
    const { reward, metadata } = await ask(RUN, {
      grader,
      model_sample: text,
      item: { label: `c${text}`.slice(0, 199_999) },
    })
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(reward === null).toBe(metadata.errors.other_error)
  }
})

test('a few lines that name a long text often are no large text', async () => {
  const { ask, models } = await openTestApp()
  const item = { x: 'y'.repeat(200_000) }
  const often = '{{item.x}}'.repeat(3000)
  const message = { role: 'user', content: '{{item.x}}' }
  const graders = [
    { ...string, input: often },
    {
      type: 'score_model',
      name: 's',
      model: 'opinionated',
      input: Array.from({ length: 100 }, () => message),
    },
  ]
  for (const grader of graders) {
    const { reward, metadata } = await ask(RUN, { grader, model_sample: 's', item })
    expect([reward, metadata.errors.other_error, metadata.details]).toEqual([
      null,
      true,
      expect.stringContaining('1000000 characters'),
    ])
  }
  expect(models.calls).toBe(0)
})

test('a multi has so many graders and no more, since each may ask a model', async () => {
  const { call } = await openTestApp()
  const multi = (graders: object) => ({
    grader: { type: 'multi', name: 'm', graders, calculate_output: 'g0' },
    ...{ model_sample: '4', item: { label: '4' } },
  })
  for (const [count, status] of [
    [32, 200],
    [33, 400],
  ] as const) {
    const list = Array.from({ length: count }, (_, index) => ({ ...string, name: `g${index}` }))
    for (const graders of [list, Object.fromEntries(list.map((one) => [one.name, one]))]) {
      const reply = await call(RUN, multi(graders))
      expect(reply.status).toBe(status)
    }
  }
})
