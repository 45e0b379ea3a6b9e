import { EventSourceParserStream } from 'eventsource-parser/stream'
import { describe, expect, test } from 'vitest'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const criteria = [
  { id: 'right', title: 'Is right', points: 5, tags: ['axis:accuracy'] },
  { id: 'clear', title: 'Is clear', points: 3, tags: ['axis:clarity'] },
  { id: 'rude', title: 'Is rude', points: -4, tags: ['axis:tone'] },
]
const one = { protocol: 'pointwise', prompt: 'Say something.', responses: ['GOOD'], rubric: { criteria } }
const leaf = (id: string, weight: number, below?: object[]) => ({
  id,
  title: id,
  weight,
  ...(below && { criteria: below }),
})

describe('a single response by points', () => {
  test('has a score, a score a class and a verdict a criterion, one call each, and is read back by its id', async () => {
    const { ask, models } = await openTestApp()
    const judgment = await ask('/v1/judgments', one)
    expect(judgment).toMatchObject({
      scoring: 'explicit',
      score: 0.5,
      classes: { 'axis:accuracy': 1, 'axis:clarity': 1, 'axis:tone': null },
      usage: { judge_calls: 3, cache: 'miss' },
      error: null,
    })
    expect(models.calls).toBe(3)
    expect(await ask(`/v1/judgments/${judgment.id}`)).toEqual(judgment)
    expect(await ask('/v1/judgments', one)).toMatchObject({ id: judgment.id, usage: { cache: 'hit' } })
  })

  test('is another judgment by another scoring', async () => {
    const { ask } = await openTestApp()
    const ids = new Set()
    for (const fields of [{}, { scoring: 'implicit' }, { criteria_per_call: 3 }]) {
      ids.add((await ask('/v1/judgments', { ...one, ...fields })).id)
    }
    expect(ids.size).toBe(3)
    expect(await ask('/v1/judgments', { ...one, scoring: 'implicit' })).toMatchObject({
      score: 8 / 9,
      rating: { value: 9 },
      criteria: [],
    })
  })

  test('is null with a reason where the server gives no log-probabilities', async () => {
    const { ask } = await openTestApp()
    const judgment = await ask('/v1/judgments', { ...one, scoring: 'probability' })
    expect(judgment).toMatchObject({ score: null, error: { code: 'choice_not_observed' } })
  })

  test('tells of every verdict as it is known', async () => {
    const { call } = await openTestApp()
    const response = await call('/v1/judgments', { ...one, stream: true })
    const events: (string | undefined)[] = []
    const reader = response.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream())
      .getReader()
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      events.push(next.value.event)
    }
    expect(events).toEqual(['rubric', 'verdict', 'verdict', 'verdict', 'result'])
  })

  test('takes 200 criteria, and a stored rubric by its id', async () => {
    const { ask, models } = await openTestApp()
    const many = Array.from({ length: 200 }, (_, at) => ({ id: `c${at}`, title: `Says ${at}`, points: 1 }))
    const { id } = await ask('/v1/rubrics', { criteria: many })
    const judgment = await ask('/v1/judgments', { ...one, rubric: id })
    expect(judgment).toMatchObject({ score: 1, usage: { judge_calls: 200 } })
    expect(judgment.criteria).toHaveLength(200)
    expect(models.calls).toBe(200)
  })

  test('rewards a group by class, from the same judgments whatever the classes', async () => {
    const { ask, models } = await openTestApp()
    const group = { ...one, responses: ['GOOD', 'bad', 'GOOD'] }
    const plain = await ask('/v1/rewards', group)
    expect(plain.data.map(({ reward }: { reward: number }) => reward)).toEqual([0.5, 0, 0.5])
    const calls = models.calls
    const classes = { good: ['axis:accuracy', 'axis:clarity'], all: ['axis:accuracy', 'axis:tone'] }
    const own = await ask('/v1/rewards', { ...group, classes, class_weights: { good: 1, all: 1 } })
    expect(own.data[0]).toMatchObject({ reward: (1 + 0.2) / 2, classes: { good: 1, all: 0.2 } })
    expect(own.data[0].judgments).toEqual(plain.data[0].judgments)
    expect(models.calls).toBe(calls)
  })
})

describe('a rubric that can not be judged is refused', () => {
  const deep = (levels: number): object =>
    leaf(`l${levels}`, 1, levels === 1 ? undefined : [deep(levels - 1)])
  const many = Array.from({ length: 1025 }, (_, at) => ({ id: `c${at}`, title: 't', points: 1 }))
  test.each<[string, object[], number, string, RegExp]>([
    ['no weight at all', [leaf('a', 0), leaf('b', 0)], 422, 'invalid_rubric', /'a', 'b' sum to 0/],
    ['no weight within a node', [leaf('a', 1, [leaf('b', 0)])], 422, 'invalid_rubric', /'b' sum to 0/],
    ['an id twice', [leaf('a', 1, [leaf('a', 1)])], 400, 'invalid_request', /two criteria with the id 'a'/],
    ['an empty node', [leaf('a', 1, [])], 400, 'invalid_request', /must hold a criterion/],
    ['too deep', [deep(17)], 400, 'invalid_request', /more than 16 levels/],
    ['a depth bomb', [deep(2000)], 400, 'invalid_request', /nested more than/],
    ['too many', many, 400, 'invalid_request', /more than 1024/],
    ['points of 0', [{ id: 'a', title: 't', points: 0 }], 400, 'invalid_request', /must not be 0/],
    ['two schemes', [...criteria, leaf('a', 1)], 400, 'invalid_request', /mixes 'weight'/],
    ['points below', [{ ...criteria[0], criteria: [criteria[1]] }], 400, 'invalid_request', /needs a weight/],
  ])('%s', async (_name, bad, status, code, message) => {
    const { call, models } = await openTestApp()
    for (const path of ['/v1/judgments', '/v1/rewards', '/v1/rubrics']) {
      const rubric = { criteria: bad }
      const response = await call(path, path === '/v1/rubrics' ? rubric : { ...one, rubric })
      const { error } = await bodyOf(response)
      expect([response.status, error.code]).toEqual([status, code])
      expect(error.message).toMatch(message)
    }
    expect(models.calls).toBe(0)
  })

  test('but faults alone are judged, and have no score', async () => {
    const { ask } = await openTestApp()
    const judgment = await ask('/v1/judgments', { ...one, rubric: { criteria: criteria.slice(2) } })
    expect(judgment).toMatchObject({
      score: null,
      criteria: [{ id: 'rude', met: 1 }],
      error: { code: 'no_positive_points', type: 'caller' },
    })
    const again = await ask('/v1/judgments', { ...one, rubric: { criteria: criteria.slice(2) } })
    expect(again.usage.cache).toBe('hit')
  })
})

describe('a reward URL', () => {
  const label = JSON.stringify({ criteria })
  const body = { prompt: 'Say something.', response: 'GOOD', label }
  const reward = async (query: string, change: object = {}) => {
    const { ask } = await openTestApp()
    return ask(`/rlhf/slime?against=rubric${query}`, { ...body, ...change })
  }

  test("scores by the sample's own rubric, as a whole or by one class", async () => {
    expect(await reward('')).toBe(0.5)
    expect(await reward('&meta_class=axis:accuracy')).toBe(1)
    expect(await reward('&scoring=implicit')).toBe(8 / 9)
    expect(await reward('', { response: '' })).toBe(-0.5)
    expect(await reward('&meta_class=axis:tone&on_error=-9')).toBe(-9)
  })

  test('says what it lacks', async () => {
    expect(await reward('&meta_class=axis:tone')).toMatchObject({ error: { code: 'not_scored' } })
    expect(await reward('', { label: '42' })).toMatchObject({
      error: { code: 'invalid_rubric', param: 'label' },
    })
    expect(await reward('', { label: '' })).toMatchObject({ error: { code: 'nothing_to_compare' } })
    expect(await reward('&protocol=openrs')).toMatchObject({ error: { param: 'against' } })
    expect(await reward('&scoring=implicit&meta_class=a')).toMatchObject({ error: { param: 'meta_class' } })
  })

  test('describes its range', async () => {
    const { ask } = await openTestApp()
    expect(await ask('/rlhf/slime?against=rubric')).toMatchObject({ range: { single: [null, 1] } })
    expect(await ask('/rlhf/slime?protocol=pointwise&scoring=probability')).toMatchObject({
      range: { single: [-1, 1], group: [-1, 1] },
    })
  })
})
