import { describe, expect, test } from 'vitest'
import type { Manner } from './testing/model-server.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const body = (prompt: string) => ({ prompt, responses: ['GOOD GOOD', 'bad'] })

const FAILURES: [manner: Manner, code: string, remembered: boolean][] = [
  ['prose', 'reply_not_json', true],
  ['cut off', 'reply_truncated', true],
  ['cut JSON', 'reply_not_json', true],
  ['status 500', 'model_unavailable', false],
  ['never', 'model_timeout', false],
  ['unreachable', 'model_unreachable', false],
]

describe('a model that fails gives null with an error, never a tie or a zero', () => {
  test.each(FAILURES)('%s', async (manner, code, remembered) => {
    const { ask, call, models } = await openTestApp()
    models.manner = manner
    const response = await call('/v1/judgments', body('Fails?'))
    expect(response.status).toBe(200)
    const judgment = await bodyOf(response)
    expect(judgment).toMatchObject({
      winner: null,
      score: null,
      confidence: null,
      decided_by: null,
      error: { code },
    })
    expect(judgment.error.message).toMatch(/^[A-Z].*[.]$/)
    expect(await ask(`/v1/judgments/${judgment.id}`)).toEqual(judgment)
    expect((await ask('/v1/usage')).data[0].judge_calls).toBe(judgment.usage.judge_calls)

    models.manner = 'well'
    const again = await ask('/v1/judgments', body('Fails?'))
    expect(again.winner).toBe(remembered ? null : 'first')
  })
})

test('a rubric or an intent that failed is not remembered', async () => {
  const { ask, models } = await openTestApp()
  models.manner = 'cut off'
  await ask('/v1/judgments', body('Once?'))
  models.manner = 'well'
  const other = await ask('/v1/judgments', { ...body('Once?'), seed: 7 })
  expect(other).toMatchObject({ winner: 'first', error: null })
})

test('a model that cannot be had is 404 with the names that can', async () => {
  const { call } = await openTestApp()
  const response = await call('/v1/judgments', { ...body('Whose?'), model: 'nobody' })
  expect(response.status).toBe(404)
  const { error } = await bodyOf(response)
  expect(error).toMatchObject({ code: 'model_not_found', param: 'model', type: 'caller' })
  expect(error.message).toContain("'opinionated'")
})

test('without any model a judgment is 503, and verifiers still work', async () => {
  const { ask, call } = await openTestApp({ PLUMBLINE_MODELS: '[]', PLUMBLINE_DEFAULT_MODEL: '' })
  const response = await call('/v1/judgments', body('Model?'))
  expect(response.status).toBe(503)
  expect(response.headers.has('retry-after')).toBe(true)
  expect((await bodyOf(response)).error.code).toBe('not_configured')
  const verifiers = [{ kind: 'exact', value: '4' }]
  const { data } = await ask('/v1/verify', { response: '4', verifiers })
  expect(data).toMatchObject([{ kind: 'exact', passed: true }])
})

test('a refresh that fails leaves the result in its place', async () => {
  const { ask, models } = await openTestApp()
  const made = await ask('/v1/judgments', body('Keep?'))
  models.manner = 'prose'
  const failed = await ask('/v1/judgments', { ...body('Keep?'), cache: 'refresh' })
  expect(failed).toMatchObject({ winner: null, error: { code: 'reply_not_json' } })
  const again = await ask('/v1/judgments', body('Keep?'))
  expect(again).toMatchObject({ id: made.id, winner: 'first', usage: { cache: 'hit' } })
})
