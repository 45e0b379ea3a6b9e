import { expect, test } from 'vitest'
import { openTestApp } from './testing/test-app.ts'

const prompt = 'Mend this CODE.'
const pair = (first: string) => ({ prompt, responses: [`GOOD ${first}`, 'bad'], meta_rubric: 'auto' })

test('a prompt is judged by the domain that the model puts it in, and the judgment says so', async () => {
  const { ask } = await openTestApp()
  const judgment = await ask('/v1/judgments', pair('one'))
  expect(judgment).toMatchObject({
    winner: 'first',
    error: null,
    rubric: { meta_rubric: 'code@1' },
    route: { meta_rubric: 'code@1', confidence: 0.9 },
  })
  expect(judgment.route.ranking[0]).toEqual({ name: 'code@1', probability: 0.9 })
  expect(await ask(`/v1/judgments/${judgment.id}`)).toMatchObject({ route: judgment.route })
  const swapped = await ask('/v1/judgments', { ...pair('one'), responses: ['bad', 'GOOD one'] })
  expect(swapped).toMatchObject({ winner: 'second', route: judgment.route, usage: { cache: 'hit' } })
})

test('the model is asked for the domain once for a prompt', async () => {
  const { ask } = await openTestApp()
  const callsOf = async (first: string, meta_rubric: string) =>
    (await ask('/v1/judgments', { ...pair(first), meta_rubric })).usage.judge_calls
  const [auto, again] = [await callsOf('one', 'auto'), await callsOf('another', 'auto')]
  expect(again).toBe(auto - 2)
  // what is left is what the domain itself would have cost, once the need of the prompt is known
  expect(await callsOf('a third', 'code')).toBe(again)
})

test('an unsure model leaves the prompt to the general meta-rubric', async () => {
  const { ask } = await openTestApp()
  const judgment = await ask('/v1/judgments', { ...pair('one'), prompt: 'Good morning.' })
  expect(judgment.route).toMatchObject({ meta_rubric: 'general@1', confidence: 0.3 })
  expect(judgment.rubric.meta_rubric).toBe('general@1')
})

test('mode single makes the rubric of each order out of that domain', async () => {
  const { ask } = await openTestApp()
  const { orders, route } = await ask('/v1/judgments', { ...pair('one'), mode: 'single' })
  expect(route.meta_rubric).toBe('code@1')
  const rubrics = orders.map(({ rubric }: { rubric: { meta_rubric: string } }) => rubric.meta_rubric)
  expect(rubrics).toEqual(['code@1', 'code@1'])
})

test('a dialect takes it from its URL', async () => {
  const { ask } = await openTestApp()
  const body = { query: [`${prompt}GOOD`], prompts: [prompt], labels: ['bad'] }
  expect(await ask('/rlhf/openrlhf?meta_rubric=auto&against=label', body)).toMatchObject({ rewards: [0.5] })
  const { data } = await ask('/v1/judgments')
  expect(data).toMatchObject([{ route: { meta_rubric: 'code@1' } }])
})

test('single responses and groups are routed too', async () => {
  const { ask } = await openTestApp()
  const point = { protocol: 'pointwise', prompt, responses: ['GOOD'], meta_rubric: 'auto' }
  expect(await ask('/v1/judgments', point)).toMatchObject({
    rubric: { meta_rubric: 'code@1' },
    route: { meta_rubric: 'code@1' },
  })
  const group = { prompt, responses: ['GOOD one', 'GOOD GOOD two', 'bad'], meta_rubric: 'auto' }
  const { data } = await ask('/v1/rewards', group)
  const ids = new Set<string>(data.flatMap(({ judgments = [] }: { judgments?: string[] }) => judgments))
  expect(ids.size).toBe(2)
  for (const id of ids)
    expect(await ask(`/v1/judgments/${id}`)).toMatchObject({ route: { meta_rubric: 'code@1' } })
})

test('a rubric of the caller leaves nothing to route, and neither do equal responses', async () => {
  const { ask, models } = await openTestApp()
  const rubric = { criteria: [{ id: 'only', level: 'core', title: 'Says GOOD' }] }
  expect(await ask('/v1/judgments', { ...pair('one'), rubric })).not.toHaveProperty('route')
  const calls = models.calls
  const equal = await ask('/v1/judgments', { ...pair('one'), responses: ['same', 'same'] })
  expect(equal).toMatchObject({ winner: 'tie', error: null })
  expect(equal).not.toHaveProperty('route')
  expect(models.calls).toBe(calls)
})

test('a model that cannot say the domain leaves no winner', async () => {
  const { ask, models } = await openTestApp()
  models.manner = 'prose'
  const judgment = await ask('/v1/judgments', pair('one'))
  expect(judgment).toMatchObject({
    winner: null,
    score: null,
    rubric: null,
    error: { code: 'reply_not_json' },
  })
  expect(judgment).not.toHaveProperty('route')
  models.manner = 'well'
  const later = await ask('/v1/judgments', { ...pair('one'), cache: 'refresh' })
  expect(later).toMatchObject({ winner: 'first', route: { meta_rubric: 'code@1' } })
})
