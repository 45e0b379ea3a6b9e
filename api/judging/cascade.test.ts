import { describe, expect, it } from 'vitest'
import { openTestApp } from '../testing/test-app.ts'
import { TEST_VARIABLES } from '../testing/variables.ts'

/** The models that every runtime's desks know; how sure they must be, and how sure they say to be, is the front's. */
const [small, large] = JSON.parse(TEST_VARIABLES.PLUMBLINE_MODELS)
/** The first model's confidence is drawn to about a half, so that it never is sure enough. */
const unsure = { ...small, calibration: { temperature: 100 } }
const cascade = { id: 'both', cascade: [small.id, large.id], min_confidence: 0.9 }
const pair = { prompt: 'Say something.', responses: ['GOOD', 'bad'] }

const open = (first: object) =>
  openTestApp({
    PLUMBLINE_MODELS: JSON.stringify([first, large, cascade]),
    PLUMBLINE_DEFAULT_MODEL: 'both',
  })

describe('a cascade', () => {
  it('stops at the first model that is sure', async () => {
    const { ask } = await open(small)
    const judgment = await ask('/v1/judgments', pair)
    expect(judgment).toMatchObject({ winner: 'first', model: small.id, cascade: [{ model: small.id }] })
  })

  it('asks the next where the first is not, and shows and counts both', async () => {
    const { ask, models } = await open(unsure)
    const judgment = await ask('/v1/judgments', { ...pair, model: 'both' })
    expect(judgment).toMatchObject({ winner: 'first', model: large.id, confidence: 1, calibrated: false })
    expect(judgment.cascade).toMatchObject([{ model: small.id }, { model: large.id, id: judgment.id }])
    expect(judgment.cascade[0].confidence).toBeLessThan(0.6)
    expect(judgment.usage.judge_calls).toBe(models.calls)
    const { id, confidence } = judgment.cascade[0]
    const stage = { id, model: small.id, confidence, calibrated: true }
    expect(await ask(`/v1/judgments/${id}`)).toMatchObject(stage)
    const { data } = await ask('/v1/judgments')
    expect(data.find((one: { id: string }) => one.id === id)).toMatchObject(stage)
    const uncalibrated = await ask(`/v1/judgments/${id.replace('t100', '')}`)
    expect(uncalibrated).toMatchObject({ confidence: 1, calibrated: false })
  })

  it('costs nothing when it is asked again', async () => {
    const { ask, models } = await open(unsure)
    const first = await ask('/v1/judgments', pair)
    const { calls } = models
    const again = await ask('/v1/judgments', pair)
    expect(models.calls).toBe(calls)
    expect(again).toMatchObject({
      id: first.id,
      cascade: first.cascade,
      usage: { cache: 'hit', judge_calls: 0 },
    })
  })

  it('asked past the record, is made again once for an Idempotency-Key', async () => {
    const { ask, models } = await open(unsure)
    const first = await ask('/v1/judgments', pair)
    const made = models.calls
    const refresh = { ...pair, cache: 'refresh' }
    const again = await ask('/v1/judgments', refresh, { 'idempotency-key': 'k' })
    expect(again.cascade.map((stage: { id: string }) => stage.id)).toHaveLength(2)
    expect([again.usage.cache, models.calls > made]).toEqual(['miss', true])
    const { calls } = models
    const repeated = await ask('/v1/judgments', refresh, { 'idempotency-key': 'k' })
    expect([repeated.id, models.calls, repeated.usage.judge_calls]).toEqual([again.id, calls, 0])
    expect(first.rubric).not.toBeNull()
    const known = await ask('/v1/judgments', { ...pair, rubric: first.rubric.id })
    expect(known.cascade).toHaveLength(2)
    expect(known.rubric.id).toBe(first.rubric.id)
  })

  it('streams the findings of every stage and one result', async () => {
    const { call } = await open(unsure)
    const text = await (await call('/v1/judgments', { ...pair, stream: true })).text()
    const events = [...text.matchAll(/^event: (.*)$/gm)].map(([, event]) => event)
    expect(events.filter((event) => event === 'rubric')).toHaveLength(2)
    expect(events.filter((event) => event === 'result')).toHaveLength(1)
    expect(events.at(-1)).toBe('result')
    expect(text).toContain(`"model":"${large.id}"`)
  })

  it('needs no second model for what no model decides', async () => {
    const { ask, models } = await open(unsure)
    const judgment = await ask('/v1/judgments', { ...pair, responses: ['same', 'same'] })
    expect(judgment).toMatchObject({ winner: 'tie', confidence: 1 })
    expect(judgment.cascade).toHaveLength(1)
    expect(models.calls).toBe(0)
  })

  it('refuses what it can not do', async () => {
    const { call } = await open(unsure)
    const point = { protocol: 'pointwise', prompt: 'p', responses: ['r'] }
    expect((await call('/v1/judgments', point)).status).toBe(400)
    const chat = { model: 'both', messages: [{ role: 'user', content: 'hi' }] }
    expect((await call('/v1/chat/completions', chat)).status).toBe(404)
  })

  it('rewards a group, each comparison by as many models as it takes', async () => {
    const { ask } = await open(unsure)
    const list = await ask('/v1/rewards', {
      ...pair,
      responses: ['GOOD', 'bad', 'GOOD GOOD'],
      anchor: { index: 1 },
    })
    expect(list.data.map(({ reward }: { reward: number }) => reward > 0)).toEqual([true, false, true])
  })
})

describe('min_confidence', () => {
  it('makes a judgment abstain, at no new call, and a reward null with the reason', async () => {
    const { ask, models } = await open(unsure)
    const sure = await ask('/v1/judgments', { ...pair, model: small.id })
    const { calls } = models
    const unsureNow = await ask('/v1/judgments', { ...pair, model: small.id, min_confidence: 0.9 })
    expect(models.calls).toBe(calls)
    expect(unsureNow).toMatchObject({ winner: null, score: sure.score, error: { code: 'abstained' } })
    expect(await ask(`/v1/judgments/${unsureNow.id}`)).toMatchObject({ winner: null })
    const anchor = { index: 0 }
    const list = await ask('/v1/rewards', { ...pair, model: small.id, min_confidence: 0.9, anchor })
    expect(list.data[1]).toMatchObject({ reward: null, error: { code: 'abstained' } })
  })
})

it.each([
  [[small, cascade], `names '${large.id}'`],
  [[small, { ...cascade, cascade: [small.id] }], "'cascade'"],
  [[{ ...small, id: 'both' }, cascade], 'two entries'],
])('a cascade that can not work stops the start with a sentence', async (models, sentence) => {
  const { ask } = await openTestApp({ PLUMBLINE_MODELS: JSON.stringify(models) }).then(
    (app) => app,
    (error: Error) => ({ ask: async () => ({ error: { message: error.message } }) }),
  )
  expect((await ask('/v1/judgments', pair)).error.message).toContain(sentence)
})
