import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../shared/protocol/error.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const rubrics = [
  { criteria: [{ id: 'a', level: 'core', title: 'Is right', tags: ['x'] }] },
  { criteria: [{ id: 'a', level: 'fatal', title: 'Is safe' }] },
  { criteria: [{ id: 'a', points: 5, title: 'Is right' }] },
  { criteria: [{ id: 'a', points: -5, title: 'Is wrong', tags: ['x', 'x'] }] },
  { criteria: [{ id: 'a', rule: 'hard_rule', title: 'Is right' }] },
  { criteria: [{ id: 'a', category: 'pitfall', title: 'Is not rude' }] },
  {
    criteria: [{ id: 'a', weight: 1, title: 'Is right', criteria: [{ id: 'b', weight: 2, title: 'Is B' }] }],
  },
  'rub_0',
]
const constraint = { kind: 'word_count', min: 3 }

/** Of each field values that some protocol takes, and some that none does. */
const FIELDS = {
  protocol: ['openrs', 'rubric-arm', 'direct', 'pointwise', 'magic'],
  rubric: rubrics,
  meta_rubric: ['auto', 'general', 'code@1', 'general@9'],
  reference: ['aa', ''],
  votes: [1, 2, 3, 16],
  model: ['opinionated', 'picks', 'nobody'],
  seed: [0, 2 ** 31],
  cache: ['off', 'refresh'],
  constraints: [[constraint], [constraint, { kind: 'word_count', max: 1 }], [], [{ kind: 'exact' }]],
  orders: ['strict', 'mean', 'compat', 'forward', 'backward', 'both'],
  min_score: [0, 2, 3],
  min_confidence: [0.5, 1, -1],
  mode: ['staged', 'single'],
  rubric_from: ['pair', 'prompt'],
  scoring: ['explicit', 'implicit', 'probability'],
  criteria_per_call: [1, 64, 0],
}

const OF_REWARDS = {
  ...FIELDS,
  protocol: [...FIELDS.protocol, 'verifier', 'rubric-arm/judge', 'rubric-arm/generator'],
  anchor: [
    ...['random', 'all', 'circular', 'swiss', 'knockout', 'active', 'greedy'],
    ...[{ index: 0 }, { index: 7 }, { index: 2 ** 53 }, { response: 'aa' }],
  ],
  shaping: ['graded', 'half', 'net', 'brpo'],
  inconsistent: [-1, 0, 1],
  fit: ['bradley-terry', { kind: 'bradley-terry', lambda: 1e-6 }],
  budget: [1, 3, 2016],
  group_size: [1, 3],
  verifiers: [{ as: 'guard', floor: -3 }, { as: 'add', weight: 0 }, { as: 'both' }, { as: 'add', floor: 0 }],
  pair: [{ winner: 'first' }, { winner: 'second', responses: ['aa', 'b'] }],
  classes: [{ x: ['x'] }, { y: ['nothing'] }],
  class_weights: [{ x: 1 }, { nothing: 1 }, { x: 0 }],
  run: [{ id: 'r', step: 0 }],
}

const one = (fields: Record<string, unknown[]>) =>
  fc.record(
    Object.fromEntries(Object.entries(fields).map(([field, values]) => [field, fc.constantFrom(...values)])),
  )

/** Few fields at a time, so that some combinations pass. */
const request = (fields: Record<string, unknown[]>, most: number) =>
  fc
    .tuple(one(fields), fc.subarray(Object.keys(fields), { maxLength: most }), responses)
    .map(([all, kept, given]) => ({
      prompt: 'p',
      responses: given,
      ...Object.fromEntries(kept.map((field) => [field, all[field]])),
    }))

const responses = fc.constantFrom(
  ['aa', 'b'],
  ['aa'],
  ['aa', 'aa'],
  ['aa', 'b', 'ccc'],
  ['aa', 'b', 'aa', 'b'],
)

const picks = {
  ...{ id: 'picks', base_url: 'http://models.test/v1', model: 'picks', timeout_ms: 500 },
  ...{ instantiate: 'select', verdicts: 'choose' },
}
const variables = {
  PLUMBLINE_MODELS: JSON.stringify([
    { ...picks, id: 'opinionated', verdicts: 'generate', instantiate: 'generate' },
    picks,
  ]),
}

const SENTENCE = /^['A-Za-z][^\n]*[.]$/

async function answers(path: string, fields: Record<string, unknown[]>, most: number) {
  const { call } = await openTestApp(variables)
  const seen = new Set<number>()
  const check = async (body: object) => {
    const response = await call(path, body)
    const answer = await bodyOf(response)
    seen.add(response.status)
    if (response.status === 200) return expectReasons(answer)
    const { code, message, type, param } = answer.error
    expect({ status: response.status, type, told: SENTENCE.test(message) }).toEqual({
      ...{ status: ERROR_CODES[code as keyof typeof ERROR_CODES].status, type: 'caller', told: true },
    })
    expect([message, message.length < 400]).toEqual([message, true])
    expect(typeof param).toBe('string')
  }
  await fc.assert(fc.asyncProperty(request(fields, most), check), { numRuns: 400 })
  expect([...seen]).toContain(200)
}

/** Nothing is null without a reason. */
function expectReasons(answer: Record<string, unknown>) {
  const all = Array.isArray(answer.data) ? answer.data : [answer]
  for (const one of all) {
    const value = 'reward' in one ? one.reward : one.score
    if (value === null)
      expect(one.error).toMatchObject({ code: expect.any(String), message: expect.any(String) })
    else expect(Number.isFinite(value)).toBe(true)
  }
}

describe('every combination of fields has an answer, or a refusal of the caller that says what to change', () => {
  it.each([2, 4, 16])('POST /v1/judgments, up to %i fields', (most) => answers('/v1/judgments', FIELDS, most))
  it.each([2, 4, 27])('POST /v1/rewards, up to %i fields', (most) => answers('/v1/rewards', OF_REWARDS, most))
})
