import { beforeEach, expect, it, test } from 'vitest'
import { graderRunReply } from '../shared/graders/protocol.ts'
import { openTestApp } from './testing/test-app.ts'

const RUN = '/v1/fine_tuning/alpha/graders/run'

let app: Awaited<ReturnType<typeof openTestApp>>
beforeEach(async () => {
  app = await openTestApp()
})

const CONVERSATION = [
  { role: 'user', content: '{{item.q}}' },
  { role: 'assistant', content: '{{sample.output_text}}' },
]
const PAIR = [
  {
    role: 'user',
    content: `[User Question]\n{{item.q}}\n\n[The Start of Assistant A's Answer]\n{{sample.output_text}}\n[The End of Assistant A's Answer]\n\n[The Start of Assistant B's Answer]\n{{item.other}}\n[The End of Assistant B's Answer]`,
  },
]
const score = (more: object) => ({
  type: 'score_model',
  name: 's',
  model: 'plumbline/pointwise',
  input: CONVERSATION,
  ...more,
})
const label = (more: object) => ({
  type: 'label_model',
  name: 'l',
  model: 'plumbline/openrs',
  input: PAIR,
  labels: ['A', 'B', 'tie'],
  passing_labels: ['A'],
  ...more,
})
const run = async (grader: object, model_sample: string, other = 'BAD') =>
  graderRunReply.parse(await app.ask(RUN, { grader, model_sample, item: { q: '2 + 2?', other } }))

test('a judge scores a response in the range of the grader', async () => {
  const good = await run(score({ range: [-1, 3] }), 'GOOD')
  const bad = await run(score({ range: [-1, 3] }), 'BAD')
  expect([good.reward, bad.reward]).toEqual([3, -1])
  expect(good.metadata.details).toMatch(/^Judged in \S+\.$/)
  expect(good.metadata.sampled_model_name).toBe('plumbline/pointwise')
})

test('a judge labels a pair, whichever way round', async () => {
  expect((await run(label({}), 'GOOD', 'BAD')).reward).toBe(1)
  expect((await run(label({}), 'BAD', 'GOOD')).reward).toBe(0)
  expect(await run(label({ passing_labels: ['tie'] }), 'SAME', 'SAME')).toMatchObject({ reward: 1 })
})

test('a judge scores the first of a pair beside the other', async () => {
  const grader = score({ model: 'plumbline/openrs', input: PAIR })
  const [good, bad] = [await run(grader, 'GOOD', 'BAD'), await run(grader, 'BAD', 'GOOD')]
  expect(good.reward).toBeGreaterThan(0.5)
  expect((good.reward ?? 0) + (bad.reward ?? 0)).toBeCloseTo(1)
})

test('yes or no of one response', async () => {
  const grader = label({ input: CONVERSATION, labels: ['yes', 'no'], passing_labels: ['yes'] })
  expect([(await run(grader, 'GOOD')).reward, (await run(grader, 'BAD')).reward]).toEqual([1, 0])
})

it.each([
  ['labels that no judge has', label({ labels: ['x', 'y', 'z'], passing_labels: [] }), "can't choose"],
  ['nothing that reads as a question', score({ input: [{ role: 'user', content: 'Hello' }] }), 'put it as'],
  ['a comparison of one', score({ model: 'plumbline/rubric-arm' }), 'compares responses'],
])('%s is an error that says what to change', async (_, grader, sentence) => {
  const { reward, metadata } = await run(grader, 'GOOD')
  expect([reward, metadata.errors.other_error]).toEqual([null, true])
  expect(metadata.details).toContain(sentence)
})

test('a judge that failed is no score', async () => {
  app.models.manner = 'refuses the key'
  expect(await run(score({}), 'GOOD')).toMatchObject({
    reward: null,
    metadata: { errors: { model_grader_server_error: true } },
  })
})

test('a judge, or a model of a judge, that there is not', async () => {
  for (const model of ['plumbline/nobody', 'plumbline/openrs@nobody']) {
    const { error } = await app.ask(RUN, { grader: score({ model }), model_sample: 'x' })
    expect(error.code).toBe('model_not_found')
  }
})
