import { expect, test } from 'vitest'
import type { PairRequest } from '../../shared/protocol/judgment.ts'
import { metaRubricOf } from '../../shared/rubric/meta-rubrics.ts'
import { readConfig } from '../platform/config.ts'
import { planJudgment } from './plan.ts'

const models = [
  { id: 'writer', base_url: 'http://models.test/v1', model: 'm' },
  { id: 'picker', base_url: 'http://models.test/v1', model: 'm', instantiate: 'select', verdicts: 'choose' },
]
const variables: Record<string, string> = { PLUMBLINE_SECRET: 's', PLUMBLINE_MODELS: JSON.stringify(models) }
const call = { organisation: 'lab', apiKey: 'k', idempotencyKey: null }
const noRubrics = {
  resolve: () => Promise.reject(new Error('No rubric is asked for.')),
  file: () => Promise.reject(new Error('No rubric is filed.')),
}

const plan = (more: Partial<PairRequest>) =>
  planJudgment(
    { prompt: 'p', responses: ['a', 'b'], ...more },
    call,
    readConfig((name) => variables[name]),
    noRubrics,
    { resolve: (_organisation, given) => metaRubricOf(given) },
  )

test('a model that only picks labels is not asked for one long reply', async () => {
  await expect(plan({ mode: 'single', model: 'picker' })).rejects.toMatchObject({
    code: 'invalid_request',
    param: 'mode',
  })
  expect((await plan({ mode: 'single', model: 'writer' })).model).toBe('writer')
  expect((await plan({ mode: 'staged', model: 'picker' })).model).toBe('picker')
})

test('the model is part of the key, and the way in which the pair is shown is not', async () => {
  const key = async (more: Partial<PairRequest>) => (await plan(more)).key
  expect(await key({ model: 'picker' })).not.toBe(await key({ model: 'writer' }))
  expect(await key({ responses: ['b', 'a'], orders: 'mean', min_score: 1 })).toBe(await key({}))
})
