import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Category, Criterion } from '../../protocol/rubric.ts'
import { type Met, scoreMet, scoreRating } from './score.ts'

type Judged = Omit<Criterion, 'title' | 'criteria'> & { met: number | null }

/** The score of criteria that are each given with their verdict. */
function scoreOf(judged: Judged[], scoring: 'explicit' | 'probability' = 'explicit') {
  const criteria = judged.map(({ met: _, ...one }) => ({ ...one, title: one.id }))
  return scoreMet(criteria, judged, scoring)
}

const points = (...list: [points: number, met: number | null][]): Judged[] =>
  list.map(([points, met], at) => ({ id: `c${at}`, points, met }))

describe("HealthBench's score", () => {
  it('is the points of what is met over the points that can be had', () => {
    expect(scoreOf(points([5, 1], [7, 0], [8, 1])).score).toBe(13 / 20)
    expect(scoreOf(points([5, 1], [7, 1], [-8, 1])).score).toBe(4 / 12)
    expect(scoreOf(points([5, 1], [7, 1], [-8, 0])).score).toBe(1)
  })

  it('falls below 0 where faults outweigh, and is not clipped', () => {
    expect(scoreOf(points([2, 0], [-5, 1], [-3, 1])).score).toBe(-4)
  })

  it('is null with a typed error without points above 0', () => {
    expect(scoreOf(points([-5, 0], [-3, 1]))).toMatchObject({
      score: null,
      error: { code: 'no_positive_points', type: 'caller' },
    })
  })

  it('never falls when a merit is met, and never rises when a fault is', () => {
    const item = fc.tuple(
      fc.integer({ min: -10, max: 10 }).filter((value) => value !== 0),
      fc.constantFrom(0, 1),
    )
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 20 }), (rest) => {
        const with_ = (first: [number, number]) => scoreOf(points([3, 1], first, ...rest)).score ?? Number.NaN
        expect(with_([4, 1])).toBeGreaterThan(with_([4, 0]))
        expect(with_([-4, 1])).toBeLessThan(with_([-4, 0]))
        expect(with_([4, 1])).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe("RaR's explicit score", () => {
  it("is the mean by the categories' weights", () => {
    const one = (category: Category, met: number): Judged => ({ id: category, category, met })
    const score = (...met: [number, number, number, number]) =>
      scoreOf([
        one('essential', met[0]),
        one('important', met[1]),
        one('optional', met[2]),
        one('pitfall', met[3]),
      ]).score
    expect(score(1, 1, 1, 1)).toBeCloseTo(1, 15)
    expect(score(1, 0, 0, 0)).toBeCloseTo(1 / 2.9, 15)
    expect(score(0, 1, 0, 1)).toBeCloseTo(1.6 / 2.9, 15)
  })
})

describe('a weighted tree', () => {
  const leaf = (id: string, weight: number): Criterion => ({ id, weight, title: id })
  const node = (id: string, weight: number, ...criteria: Criterion[]): Criterion => ({
    ...leaf(id, weight),
    criteria,
  })
  const tree = [
    node('build', 3, leaf('compiles', 2), leaf('runs', 1)),
    node('results', 1, node('table', 2, leaf('row 1', 1), leaf('row 2', 3)), leaf('plot', 1)),
  ]
  const scored = (met: Record<string, number>) =>
    scoreMet(
      tree,
      Object.entries(met).map(([id, value]): Met => ({ id, met: value })),
      'explicit',
    )

  it('is the weighted mean of its children, at every node, to the last digit', () => {
    const met = { compiles: 1, runs: 0, 'row 1': 1, 'row 2': 0, plot: 1 }
    expect(scored(met).score).toBe(((2 / 3) * 3 + ((1 / 4) * 2 + 1) / 3) / 4)
    expect(scored(met).score).toBe(0.625)
    const all = { compiles: 1, runs: 1, 'row 1': 1, 'row 2': 1, plot: 1 }
    expect(scored(all).score).toBe(1)
  })

  it('needs a verdict for each leaf and none for what is above', () => {
    expect(scored({ compiles: 1, runs: 1, 'row 1': 1, plot: 1, build: 1, table: 1 })).toMatchObject({
      score: null,
      error: { code: 'invalid_item', message: "Criterion 'row 2' has no probability of being met." },
    })
  })

  it('names the siblings whose weights sum to 0', () => {
    const empty = [node('top', 1, leaf('a', 0), leaf('b', 0))]
    const verdicts = [
      { id: 'a', met: 1 },
      { id: 'b', met: 1 },
    ]
    expect(scoreMet(empty, verdicts, 'explicit')).toMatchObject({
      score: null,
      error: { code: 'no_criteria', message: expect.stringContaining("'a', 'b'") },
    })
  })
})

describe('scoring by p(met) - p(not met)', () => {
  it('counts a certain merit 1, a certain miss -1 and doubt 0, within -1..1', () => {
    expect(scoreOf(points([5, 1], [5, 0]), 'probability').score).toBe(0)
    expect(scoreOf(points([5, 0.75], [-5, 0.25]), 'probability').score).toBe(0.5)
    expect(scoreOf(points([-5, 0]), 'probability').score).toBe(1)
    const levels: Judged[] = [
      { id: 'a', level: 'core', met: 0.5 },
      { id: 'b', level: 'core', met: 1 },
    ]
    expect(scoreOf(levels, 'probability').score).toBe(0.5)
    expect(scoreOf([...levels, { id: 'c', level: 'fatal', met: 0 }], 'probability').score).toBe(-1)
  })

  it('ranks like the explicit score where nothing is negative', () => {
    const met = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), met), { minLength: 1 }), (list) => {
        const [plain, margin] = [scoreOf(points(...list)), scoreOf(points(...list), 'probability')]
        expect(margin.score).toBeCloseTo(2 * (plain.score ?? Number.NaN) - 1, 9)
      }),
    )
  })
})

describe('what has no probability', () => {
  it.each([null, Number.NaN, -0.1, 1.1, Number.POSITIVE_INFINITY])('%s is an error, never 0', (met) => {
    for (const scoring of ['explicit', 'probability'] as const) {
      expect(scoreOf(points([5, 1], [5, met]), scoring)).toMatchObject({
        score: null,
        error: { code: 'invalid_item' },
      })
    }
  })
})

describe('scoreRating', () => {
  it('maps 1..10 to 0..1', () => {
    expect([1, 5.5, 10].map((value) => scoreRating({ value, reason: null }).score)).toEqual([0, 0.5, 1])
  })

  it.each([0, 11, Number.NaN])('refuses %s', (value) => {
    expect(scoreRating({ value, reason: null })).toMatchObject({
      score: null,
      error: { code: 'invalid_item' },
    })
  })
})
