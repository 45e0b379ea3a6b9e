import { describe, expect, it } from 'vitest'
import { pairJudgment } from '../protocol/judgment.ts'
import type { PairEvidence } from './evidence.ts'
import { present } from './present.ts'

/** Both orders favour the first response, each verdict with a certainty of 0.9. */
const evidence: PairEvidence = {
  kind: 'pair',
  protocol: 'openrs',
  identical: false,
  rubric: {
    id: 'rub_0',
    object: 'rubric',
    meta_rubric: null,
    criteria: [{ id: 'c', level: 'core', title: 't' }],
  },
  orders: (['forward', 'backward'] as const).map((order) => ({
    order,
    vote: 0,
    criteria: [
      { id: 'c', verdict: order === 'forward' ? 1 : -1, confidence: 0.9, evidence: null, reason: null },
    ],
  })),
  verifiers: [],
  spent: { judge_calls: 2, prompt_tokens: 0, completion_tokens: 0, cached_tokens: 0 },
  failure: null,
}

function show(min_confidence: number, temperature?: number, found = evidence) {
  const filed = { id: `jdg_00${'0'.repeat(30)}`, created: 0, model: 'm', evidence: found }
  const given = temperature === undefined ? {} : { temperature }
  const view = { swapped: false, policy: 'strict' as const, min_score: 0, min_confidence, ...given }
  return pairJudgment.parse(present(filed, view, 'miss'))
}

describe('confidence', () => {
  it("goes through the entry's calibration, and says so", () => {
    expect(show(0)).toMatchObject({ winner: 'first', confidence: 0.9, calibrated: false })
    const calibrated = show(0, 2)
    expect(calibrated).toMatchObject({ winner: 'first', score: 1, calibrated: true })
    expect(calibrated.confidence).toBeCloseTo(0.75, 12)
  })

  it('below min_confidence leaves no winner, the score still to be read, and the reason', () => {
    expect(show(0.8)).toMatchObject({ winner: 'first', error: null })
    expect(show(0.8, 2)).toMatchObject({
      winner: null,
      score: 1,
      decided_by: null,
      error: { code: 'abstained' },
    })
  })

  it('is not asked for where no judge was: identical responses, or a verifier that decides', () => {
    expect(show(1, 2, { ...evidence, identical: true })).toMatchObject({ winner: 'tie', confidence: 1 })
    const verifiers = [true, false].map((passed, response) => ({
      name: 'v',
      kind: 'exact',
      response,
      passed,
      expected: '',
      received: '',
    }))
    expect(show(1, 2, { ...evidence, verifiers })).toMatchObject({
      winner: 'first',
      confidence: 1,
      calibrated: false,
    })
  })
})
