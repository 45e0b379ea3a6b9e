import { describe, expect, it } from 'vitest'
import { type Aggregate, failed } from '../judge/pair/aggregate.ts'
import {
  classRewards,
  failedClasses,
  normalisedRewards,
  overallRewards,
  type RewardVector,
  scalarRewards,
} from './objectives.ts'

const scored = (score: number): Aggregate => ({ score, error: null })
const MASKED = failed('no_criteria', 'Nothing.')
const BROKEN = failed('verifier_failed', 'Broken.')
const vector = (overall: number, classes: Record<string, Aggregate>): RewardVector => ({
  classes: new Map(Object.entries(classes)),
  overall: scored(overall),
})
const group = [
  vector(0.1, { a: scored(0), b: scored(10), c: MASKED }),
  vector(0.2, { a: scored(1), b: scored(10), c: MASKED }),
  vector(0.3, { a: scored(0), b: scored(30), c: MASKED }),
  vector(0.4, { a: scored(1), b: scored(30), c: MASKED }),
]
const WEIGHTS = { a: 1, b: 1, c: 1 }

describe('the rewards that a group is trained on', () => {
  it('are those of one class, of the weighted mean of classes, or of the whole', () => {
    expect(classRewards(group, 'a')).toEqual([0, 1, 0, 1])
    expect(classRewards(group, 'c')).toEqual([null, null, null, null])
    expect(scalarRewards(group, WEIGHTS)).toEqual([5, 5.5, 15, 15.5])
    expect(scalarRewards(group, { a: 3, b: 1 })).toEqual([2.5, 3.25, 7.5, 8.25])
    expect(overallRewards(group)).toEqual([0.1, 0.2, 0.3, 0.4])
  })

  it('weigh classes alike however far apart their scores are, once each is normalised', () => {
    expect(normalisedRewards(group, WEIGHTS)).toEqual([-1, 0, 0, 1])
    expect(normalisedRewards(group, { a: 3, b: 1 })).toEqual([-1, 0.5, -0.5, 1])
  })

  it('get nothing from a class in which the group does not vary', () => {
    const flat = [vector(0, { a: scored(0.3), b: scored(0) }), vector(0, { a: scored(0.3), b: scored(1) })]
    expect(normalisedRewards(flat, WEIGHTS)).toEqual([-0.5, 0.5])
    const still = [vector(0, { a: scored(0.1 + 0.2) }), vector(0, { a: scored(0.3) })]
    expect(normalisedRewards(still, WEIGHTS)).toEqual([0, 0])
  })

  it('are null where a class that counts failed, which is not to be masked', () => {
    const [first, ...rest] = group
    if (!first) throw new Error('The group is empty.')
    const broken = [vector(0, { a: BROKEN, b: scored(10), c: MASKED }), ...rest]
    expect(classRewards(broken, 'a')).toEqual([null, 1, 0, 1])
    expect(scalarRewards(broken, WEIGHTS)[0]).toBeNull()
    expect(normalisedRewards(broken, WEIGHTS)[0]).toBeNull()
    expect(normalisedRewards(broken, { b: 1 })[0]).toBeCloseTo(-1, 12)
    expect(broken.map(failedClasses)).toEqual([['a'], [], [], []])
  })
})
