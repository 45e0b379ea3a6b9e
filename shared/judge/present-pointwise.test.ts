import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pointwiseJudgment } from '../protocol/judgment.ts'
import type { Level } from '../protocol/rubric.ts'
import { type Failure, NOTHING_SPENT, type PointwiseEvidence } from './evidence.ts'
import { present } from './present.ts'

const LEVELS = ['fatal', 'core', 'important', 'highlight'] as const
const FILED = { id: `jdg_00${'0'.repeat(30)}`, created: 0, model: 'm' }
const CALL_FAILED = { code: 'model_timeout', type: 'service', message: 'Too slow.', transient: true } as const

describe('present, a single response', () => {
  type Met = [Level, number | null]
  const met = (level: Level, probability: number | null): Met => [level, probability]
  function showPoint({ criteria = [], failure = null }: { criteria?: Met[]; failure?: Failure | null }) {
    const levels = criteria.map(([level], at) => ({ id: `c${at}`, level, title: 't' }))
    const verdicts = criteria.map(([, probability], at) => ({
      id: `c${at}`,
      met: probability,
      evidence: null,
      reason: null,
    }))
    const evidence: PointwiseEvidence = {
      kind: 'pointwise',
      scoring: 'explicit',
      rating: null,
      rubric: { id: 'rub_0', object: 'rubric', meta_rubric: null, criteria: levels },
      criteria: verdicts,
      spent: NOTHING_SPENT,
      failure,
    }
    return present({ ...FILED, evidence }, null, 'miss', undefined)
  }

  it('is the mean weighted by level, times the probability of each fatal criterion', () => {
    const ordinary = [met('core', 1), met('important', 0.5), met('highlight', 0)]
    expect(showPoint({ criteria: ordinary }).score).toBe(6 / 8)
    expect(showPoint({ criteria: [...ordinary, met('fatal', 0.5)] }).score).toBe(3 / 8)
    expect(showPoint({ criteria: [met('fatal', 0.5), met('fatal', 0.5)] }).score).toBe(0.25)
  })

  it('stays within [0, 1]', () => {
    const criterion = fc.tuple(fc.constantFrom(...LEVELS), fc.double({ min: 0, max: 1, noNaN: true }))
    fc.assert(
      fc.property(fc.array(criterion, { minLength: 1, maxLength: 64 }), (criteria) => {
        const shown = pointwiseJudgment.parse(showPoint({ criteria }))
        expect(shown.score).toBeGreaterThanOrEqual(0)
        expect(shown.score).toBeLessThanOrEqual(1)
        expect(shown.error).toBeNull()
      }),
    )
  })

  it.each<[string, Parameters<typeof showPoint>[0], string]>([
    ['there is no criterion', { criteria: [] }, 'no_criteria'],
    ['one could not be judged', { criteria: [met('core', 1), met('core', null)] }, 'invalid_item'],
    ['a probability is none', { criteria: [met('core', Number.NaN)] }, 'invalid_item'],
    ['a call failed', { criteria: [met('core', 1)], failure: CALL_FAILED }, 'model_timeout'],
  ])('is null with a typed error, never zero, where %s', (_name, found, code) => {
    expect(showPoint(found)).toMatchObject({ score: null, error: { code } })
  })
})
