import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CriterionVerdict,
  type OrderPolicy,
  type PairJudgment,
  pairJudgment,
} from '../protocol/judgment.ts'
import type { Level, Rubric } from '../protocol/rubric.ts'
import { NOTHING_SPENT, type OrderVerdicts, type PairEvidence } from './evidence.ts'
import { present } from './present.ts'

const LEVELS = ['fatal', 'core', 'important', 'highlight'] as const
const FILED = { id: `jdg_00${'0'.repeat(30)}`, created: 0, model: 'm' }
const CALL_FAILED = { code: 'model_timeout', type: 'service', message: 'Too slow.', transient: true } as const

function rubricOf(levels: Level[]): Rubric {
  const criteria = levels.map((level, index) => ({ id: `c${index}`, level, title: 't' }))
  return { id: 'rub_0', object: 'rubric', meta_rubric: null, criteria }
}

function evidenceOf(found: Partial<PairEvidence>): PairEvidence {
  const nothing = { rubric: null, orders: [], verifiers: [], spent: NOTHING_SPENT, failure: null }
  return { kind: 'pair', protocol: 'openrs', identical: false, ...nothing, ...found }
}

const verdictOf = (id: string, verdict: number, confidence: number | null = null): CriterionVerdict => ({
  id,
  verdict,
  confidence,
  evidence: null,
  reason: null,
})

function show(evidence: PairEvidence, view: { swapped?: boolean; policy?: OrderPolicy; min_score?: number }) {
  const seen = { swapped: false, policy: 'strict' as const, min_score: 0, min_confidence: 0, ...view }
  return pairJudgment.parse(present({ ...FILED, evidence }, seen, 'miss', undefined))
}

/** What both orders of some votes may have said of a rubric; verdicts of a remote judge are not trusted to fit. */
const judged = fc
  .record({
    levels: fc.array(fc.constantFrom(...LEVELS), { minLength: 1, maxLength: 6 }),
    votes: fc.integer({ min: 1, max: 4 }),
    numbers: fc.infiniteStream(fc.double({ min: -3, max: 3, noNaN: true })),
    certain: fc.boolean(),
  })
  .map(({ levels, votes, numbers, certain }) => {
    const rubric = rubricOf(levels)
    const next = () => numbers.next().value ?? 0
    const criteria = () =>
      rubric.criteria.map(({ id }) => verdictOf(id, next(), certain ? null : Math.abs(next()) / 3))
    const orders = Array.from({ length: votes }, (_, vote): OrderVerdicts[] => [
      { order: 'forward', vote, criteria: criteria() },
      { order: 'backward', vote, criteria: criteria() },
    ]).flat()
    return evidenceOf({ rubric, orders })
  })

const TURNED = { first: 'second', second: 'first', tie: 'tie' } as const
const minimum = fc.constantFrom(0, 0.1, 1)

describe('present, a pair', () => {
  it('negates the score exactly and turns the winner for the caller who swaps, strict and mean, any votes', () => {
    fc.assert(
      fc.property(judged, fc.constantFrom('strict', 'mean'), minimum, (evidence, policy, min_score) => {
        const there = show(evidence, { policy, min_score })
        const back = show(evidence, { policy, min_score, swapped: true })
        expect((there.score ?? Number.NaN) + (back.score ?? Number.NaN)).toBe(0)
        expect(back.winner).toBe(TURNED[there.winner ?? 'tie'])
        expect(back.confidence).toBe(there.confidence)
        expect(back.decided_by).toBe(there.decided_by)
      }),
    )
  })

  it('has a finite score, a confidence in [0, 1] and the formula of the mean, under every policy', () => {
    fc.assert(
      fc.property(
        judged,
        fc.constantFrom('strict', 'mean', 'compat'),
        minimum,
        (evidence, policy, min_score) => {
          const { score, confidence, orders, winner } = show(evidence, { policy, min_score })
          const mean = (which: string) => {
            const scores = orders.flatMap(({ order, score }) =>
              order === which ? [score ?? Number.NaN] : [],
            )
            return scores.reduce((sum, value) => sum + value, 0) / scores.length
          }
          expect(score).toBeCloseTo((mean('forward') - mean('backward')) / 2, 12)
          expect(confidence).toBeGreaterThanOrEqual(0)
          expect(confidence).toBeLessThanOrEqual(1)
          expect(winner).not.toBeNull()
          if (policy !== 'compat') expect(Math.abs(score ?? Number.NaN)).toBeLessThanOrEqual(2)
        },
      ),
    )
  })

  it('gives the confidence that the formula gives: agreement times certainty', () => {
    const pass = (order: 'forward' | 'backward', vote: number, verdict: number): OrderVerdicts => ({
      order,
      vote,
      criteria: [verdictOf('c0', verdict, 0.8)],
    })
    const orders = [
      pass('forward', 0, 2),
      pass('backward', 0, -2),
      pass('forward', 1, 2),
      pass('backward', 1, 0),
    ]
    const evidence = evidenceOf({ rubric: rubricOf(['core']), orders })
    // first, first, first and one pass without a winner, which counts half
    expect(show(evidence, { policy: 'mean' })).toMatchObject({ winner: 'first', score: 1.5 })
    expect(show(evidence, { policy: 'mean' }).confidence).toBeCloseTo(0.875 * 0.8, 12)
  })

  it('keeps the confidence within 1 where probabilities sum to a digit more', () => {
    const sure = (order: 'forward' | 'backward', verdict: number): OrderVerdicts => ({
      order,
      vote: 0,
      criteria: [verdictOf('c0', verdict, 1 + Number.EPSILON)],
    })
    const evidence = evidenceOf({
      rubric: rubricOf(['core']),
      orders: [sure('forward', 2), sure('backward', -2)],
    })
    expect(show(evidence, {}).confidence).toBe(1)
  })

  it('is decided by the policy where the orders disagree about a score that has a sign', () => {
    const orders: OrderVerdicts[] = [
      { order: 'forward', vote: 0, criteria: [verdictOf('c0', 2)] },
      { order: 'backward', vote: 0, criteria: [verdictOf('c0', 0)] },
    ]
    const evidence = evidenceOf({ rubric: rubricOf(['core']), orders })
    expect(show(evidence, {})).toMatchObject({
      winner: 'tie',
      score: 1,
      decided_by: 'policy',
      confidence: 0.5,
    })
    expect(show(evidence, { policy: 'mean' })).toMatchObject({ winner: 'first', decided_by: 'rubric' })
    expect(show(evidence, { policy: 'mean', min_score: 1 })).toMatchObject({ winner: 'tie', score: 1 })
  })

  const good = (order: 'forward' | 'backward', vote = 0): OrderVerdicts => ({
    order,
    vote,
    criteria: [verdictOf('c0', order === 'forward' ? 1 : -1)],
  })
  const line = (chosen: string, score: number): CriterionVerdict => ({
    ...verdictOf('c0', 1),
    stated: { type: 'core', chosen, score },
  })
  const broken: [string, Partial<PairEvidence>, string][] = [
    [
      'a call failed in one order of one vote',
      { orders: [good('forward'), good('backward'), good('forward', 1)], failure: CALL_FAILED },
      'model_timeout',
    ],
    ['nothing was judged', {}, 'no_criteria'],
    ['one order is missing', { orders: [good('forward')] }, 'no_criteria'],
    [
      'an order carries an error',
      {
        orders: [
          good('forward'),
          { ...good('backward'), error: { code: 'reply_invalid', type: 'service', message: 'Broken.' } },
        ],
      },
      'reply_invalid',
    ],
    [
      'a verdict is not a number',
      { orders: [good('forward'), { ...good('backward'), criteria: [verdictOf('c0', Number.NaN)] }] },
      'invalid_item',
    ],
    [
      'a criterion is not of the rubric',
      { orders: [good('forward'), { ...good('backward'), criteria: [verdictOf('c9', 1)] }] },
      'invalid_item',
    ],
    [
      'a criterion has no verdict',
      { orders: [good('forward'), { ...good('backward'), criteria: [] }] },
      'invalid_item',
    ],
    [
      'a criterion has two verdicts',
      {
        orders: [
          good('forward'),
          { ...good('backward'), criteria: [verdictOf('c0', 1), verdictOf('c0', 1)] },
        ],
      },
      'invalid_item',
    ],
    [
      'a line contradicts itself',
      { orders: [good('forward'), { ...good('backward'), criteria: [line('S', 2)] }] },
      'invalid_item',
    ],
  ]

  it.each(broken)('is null with a typed error, never a tie, where %s', (_name, found, code) => {
    const evidence = evidenceOf({ rubric: rubricOf(['core']), ...found })
    for (const policy of ['strict', 'mean'] as const) {
      const shown = present(
        { ...FILED, evidence },
        { swapped: true, policy, min_score: 0, min_confidence: 0 },
        'miss',
        undefined,
      )
      expect(shown).toMatchObject({ winner: null, score: null, confidence: null, decided_by: null })
      expect(shown.error).toMatchObject({ code, message: expect.stringMatching(/\.$/) })
      expect(shown.error).not.toHaveProperty('transient')
    }
  })

  it('takes the level of a line from the rubric when hardened, from the line in compat', () => {
    const lines = (order: 'forward' | 'backward'): OrderVerdicts => ({
      order,
      vote: 0,
      criteria: [
        {
          ...verdictOf('c0', 1),
          stated: { type: 'fatal', chosen: order === 'forward' ? 'A' : 'B', score: 1 },
        },
        { ...verdictOf('c1', 0), stated: { type: 'core', chosen: 'S', score: 0 } },
      ],
    })
    const evidence = evidenceOf({
      rubric: rubricOf(['core', 'core']),
      orders: [lines('forward'), lines('backward')],
    })
    expect(show(evidence, { policy: 'strict' }).score).toBe(0.5)
    expect(show(evidence, { policy: 'compat' }).score).toBe(1)
  })

  it('leaves it to the rubric where a verifier could not tell', () => {
    const result = { name: 'v', kind: 'regex', expected: '', received: '' }
    const evidence = evidenceOf({
      rubric: rubricOf(['core']),
      orders: [good('forward'), good('backward')],
      verifiers: [
        { ...result, response: 0, passed: null },
        { ...result, response: 1, passed: false },
      ],
    })
    expect(show(evidence, {})).toMatchObject({ winner: 'first', score: 1, decided_by: 'rubric' })
  })

  it('turns what a verifier decided with the pair', () => {
    const result = { name: 'v', kind: 'regex', expected: '', received: '' }
    const evidence = evidenceOf({
      verifiers: [
        { ...result, response: 0, passed: false },
        { ...result, response: 1, passed: true },
      ],
    })
    const seen = ({ winner, score, verifiers }: PairJudgment) => [winner, score, verifiers[0]?.passed]
    expect(seen(show(evidence, {}))).toEqual(['second', -2, false])
    expect(seen(show(evidence, { swapped: true }))).toEqual(['first', 2, true])
  })
})

describe('present, usage', () => {
  const spent = {
    judge_calls: 3,
    prompt_tokens: 2_000_000,
    completion_tokens: 500_000,
    cached_tokens: 1_000_000,
  }
  const usageOf = (cache: 'hit' | 'miss', price?: { prompt: number; completion: number }) =>
    present(
      { ...FILED, evidence: evidenceOf({ identical: true, spent }) },
      null,
      cache,
      price ? { price } : {},
    ).usage

  it('costs what the tokens cost at the price per million; null without a price, nothing from the record', () => {
    expect(usageOf('miss', { prompt: 2, completion: 8 })).toEqual({ ...spent, cache: 'miss', cost: 8 })
    expect(usageOf('miss').cost).toBeNull()
    expect(usageOf('hit', { prompt: 2, completion: 8 })).toEqual({ ...NOTHING_SPENT, cache: 'hit', cost: 0 })
    expect(usageOf('hit').cost).toBeNull()
  })
})
