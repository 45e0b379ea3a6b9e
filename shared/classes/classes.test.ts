import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Criterion } from '../protocol/rubric.ts'
import { isMasked, scalarise, scoreClasses, showClasses, tagClasses } from './class-scores.ts'
import { healthbenchAggregate, healthbenchByTag } from './healthbench.ts'
import { classStatistics, shareWithoutVariance } from './statistics.ts'

const one = (id: string, points: number, ...tags: string[]): Criterion => ({ id, title: id, points, tags })
const rubric = [
  one('a', 5, 'accuracy'),
  one('b', 5, 'accuracy', 'context'),
  one('c', -5, 'accuracy'),
  one('d', -2, 'tone'),
]
const met = (verdicts: Record<string, number | null>) =>
  Object.entries(verdicts).map(([id, met]) => ({ id, met }))
const verdicts = met({ a: 1, b: 0, c: 1, d: 1 })

describe('class scores', () => {
  it('are the same formula over the criteria that carry a tag, null where nothing can be reached', () => {
    expect(showClasses(scoreClasses(rubric, verdicts, 'explicit'))).toEqual({
      accuracy: 0,
      context: 0,
      tone: null,
    })
  })

  it('follow a map from tags to classes, masking a class that the rubric has nothing for', () => {
    const classes = { right: ['accuracy', 'tone'], elsewhere: ['nothing'], both: ['context', 'accuracy'] }
    const scored = scoreClasses(rubric, verdicts, 'explicit', classes)
    expect(showClasses(scored)).toEqual({ right: -0.2, elsewhere: null, both: 0 })
    expect([...scored].map(([name, aggregate]) => [name, isMasked(aggregate)])).toEqual([
      ['right', false],
      ['elsewhere', true],
      ['both', false],
    ])
  })

  it('fail alone where one of their criteria could not be judged', () => {
    const scored = scoreClasses(rubric, met({ a: 1, b: null, c: 0, d: 0 }), 'explicit')
    expect(showClasses(scored)).toEqual({ accuracy: null, context: null, tone: null })
    expect(scored.get('accuracy')?.error?.code).toBe('invalid_item')
    expect(scored.get('tone')?.error?.code).toBe('no_positive_points')
  })

  it('take of a tree the part that carries the tag, itself or from above', () => {
    const leaf = (id: string, weight: number, ...tags: string[]): Criterion => ({
      id,
      title: id,
      weight,
      tags,
    })
    const tree = [
      { ...leaf('x', 1, 'code'), criteria: [leaf('x1', 1), leaf('x2', 3)] },
      { ...leaf('y', 1), criteria: [leaf('y1', 1, 'code'), leaf('y2', 9, 'text')] },
    ]
    const scored = scoreClasses(tree, met({ x1: 0, x2: 1, y1: 1, y2: 0 }), 'explicit')
    expect(showClasses(scored)).toEqual({ code: (0.75 + 1) / 2, text: 0 })
  })

  it('are named by the tags in the order of their first use', () => {
    expect(Object.keys(tagClasses(rubric))).toEqual(['accuracy', 'context', 'tone'])
  })
})

describe('scalarise', () => {
  const scored = scoreClasses(rubric, met({ a: 1, b: 1, c: 0, d: 0 }), 'explicit', {
    accuracy: ['accuracy'],
    context: ['context'],
    absent: ['absent'],
    constructor: ['absent'],
  })

  it('is the weighted mean of the classes that the rubric has', () => {
    expect(scalarise(scored, { accuracy: 3, context: 1 }).score).toBe(1)
    expect(scalarise(scored, { absent: 9, context: 1 }).score).toBe(1)
    const half = scoreClasses(rubric, met({ a: 0, b: 1, c: 0, d: 0 }), 'explicit')
    expect(scalarise(half, { accuracy: 3, context: 1 }).score).toBe((3 * 0.5 + 1) / 4)
  })

  it('is null where a class that counts failed, or none is left', () => {
    const failed = scoreClasses(rubric, met({ a: null, b: 1, c: 0, d: 0 }), 'explicit')
    expect(scalarise(failed, { accuracy: 1, context: 1 })).toMatchObject({
      score: null,
      error: { code: 'invalid_item' },
    })
    expect(scalarise(failed, { context: 1 }).score).toBe(1)
    expect(scalarise(scored, { absent: 1 })).toMatchObject({ score: null, error: { code: 'no_criteria' } })
    expect(scalarise(scored, {})).toMatchObject({ score: null, error: { code: 'no_criteria' } })
  })
})

describe('classStatistics', () => {
  it('gives mean, spread and correlation over the responses that are scored', () => {
    const found = classStatistics([
      { a: 0, b: 1, c: null },
      { a: 1, b: 0, c: null },
      { a: 0.5, b: null, c: 0.3 },
    ])
    expect(found.classes).toEqual({
      a: { n: 3, mean: 0.5, std: Math.sqrt(1 / 6) },
      b: { n: 2, mean: 0.5, std: 0.5 },
      c: { n: 1, mean: 0.3, std: 0 },
    })
    expect(found.correlations.a).toEqual({ a: 1, b: -1, c: null })
    expect(found.contraction).toBeNull()
  })

  it('contracts as the correlation says: 1 for the same axis twice, 0 for two that cancel', () => {
    const scores = [0, 0.25, 0.5, 1]
    const vectors = (of: (score: number, at: number) => number) =>
      scores.map((score, at) => ({ a: score, b: of(score, at) }))
    expect(classStatistics(vectors((score) => score)).contraction).toBeCloseTo(1, 12)
    expect(classStatistics(vectors((score) => 1 - score)).contraction).toBeCloseTo(0, 12)
    // equal spread and correlation r over M classes: sqrt((1 + (M - 1) r) / M), systems.md 2.3
    const independent = [0, 1].flatMap((a) => [0, 1].map((b) => ({ a, b })))
    expect(classStatistics(independent).contraction).toBeCloseTo(Math.sqrt(1 / 2), 12)
    expect(classStatistics(independent, { b: 0 }).contraction).toBeCloseTo(1, 12)
  })

  it('names the classes, and counts the groups, from which nothing can be learnt', () => {
    const flat = classStatistics([
      { a: 0.1 + 0.2, b: 1 },
      { a: 0.3, b: 1 },
    ])
    const lively = classStatistics([
      { a: 0, b: 1 },
      { a: 1, b: 1 },
    ])
    expect([flat.without_variance, lively.without_variance]).toEqual([['a', 'b'], ['b']])
    expect(flat.contraction).toBeNull()
    expect(shareWithoutVariance([flat, lively, lively, lively])).toBe(0.25)
    expect(shareWithoutVariance([])).toBeNull()
    expect(classStatistics([])).toEqual({
      classes: {},
      correlations: {},
      contraction: null,
      without_variance: [],
    })
  })

  it('never widens the spread, whatever the scores and weights', () => {
    const score = fc.double({ min: -1, max: 1, noNaN: true })
    const vectors = fc.array(fc.record({ a: score, b: score, c: score }), { minLength: 2, maxLength: 16 })
    const weight = fc.double({ min: 0, max: 5, noNaN: true })
    fc.assert(
      fc.property(vectors, fc.record({ a: weight, b: weight, c: weight }), (group, weights) => {
        const { contraction } = classStatistics(group, weights)
        if (contraction !== null) expect(contraction).toBeLessThanOrEqual(1 + 1e-9)
      }),
    )
  })
})

describe("HealthBench's aggregate", () => {
  it('clips the mean, not the examples', () => {
    const scores = [1, 0.5, -2.5, -1]
    expect(healthbenchAggregate(scores, { seed: 1 }).score).toBe(0)
    expect(healthbenchAggregate([1, -0.5], { seed: 1 }).score).toBe(0.25)
  })

  it('leaves out what has no score, and says so', () => {
    expect(healthbenchAggregate([null, 0.5, null], { seed: 1 })).toEqual({
      score: 0.5,
      bootstrap_std: 0,
      n: 1,
      without_score: 2,
    })
    expect(healthbenchAggregate([null], { seed: 1 })).toEqual({
      score: null,
      bootstrap_std: null,
      n: 0,
      without_score: 1,
    })
  })

  it('estimates the error of the mean, the same for the same seed', () => {
    const scores = Array.from({ length: 100 }, (_, at) => (at % 10) / 10)
    const { bootstrap_std } = healthbenchAggregate(scores, { seed: 7 })
    // sigma / sqrt(n) = 0.2872 / 10
    expect(bootstrap_std).toBeGreaterThan(0.025)
    expect(bootstrap_std).toBeLessThan(0.033)
    expect(healthbenchAggregate(scores, { seed: 7 }).bootstrap_std).toBe(bootstrap_std)
    expect(healthbenchAggregate(scores, { seed: 8 }).bootstrap_std).not.toBe(bootstrap_std)
  })

  it("takes an example's score for its own tags and the class's for a rubric's", () => {
    const found = healthbenchByTag(
      [
        { score: 0.5, tags: ['theme:hedging'], classes: { 'axis:accuracy': 1, 'axis:context': null } },
        { score: -0.5, tags: ['theme:hedging', 'hard'], classes: { 'axis:accuracy': 0 } },
      ],
      { seed: 1 },
    )
    expect(Object.entries(found).map(([tag, { score, n }]) => [tag, score, n])).toEqual([
      ['theme:hedging', 0, 2],
      ['axis:accuracy', 0.5, 2],
      ['axis:context', null, 0],
      ['hard', 0, 1],
    ])
  })
})
