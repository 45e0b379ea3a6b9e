import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byNumber, type Opinion, rewardsBy } from '../../../testing/number-judge.ts'
import { fitBradleyTerry, type Observation, standardErrors } from './bradley-terry.ts'

const fit = 'bradley-terry' as const

describe('fit: bradley-terry', () => {
  it('is the probability of beating a response of mean strength, by either shaping', async () => {
    const request = { responses: ['1', '2', '3'], anchor: 'all' as const, fit }
    const graded = await rewardsBy(byNumber, request)
    const [worst, middle, best] = graded.rewards.map(Number)
    expect(Number(worst) + Number(best)).toBeCloseTo(0, 9)
    expect(middle).toBeCloseTo(0, 9)
    const { strength = 0, standard_error = 0 } = graded.data[2] ?? {}
    expect(best).toBeCloseTo(2 / (1 + Math.exp(-strength)) - 1, 9)
    expect(standard_error).toBeGreaterThan(0)
    const half = await rewardsBy(byNumber, { ...request, shaping: 'half' })
    expect(half.rewards[1]).toBeCloseTo(0.5, 9)
    expect(Number(half.rewards[2])).toBeGreaterThan(Number(best) / 2 + 0.5)
  })

  it('is nearer to the middle and surer with a larger penalty', async () => {
    const of = async (lambda: number) => {
      const { data } = await rewardsBy(byNumber, {
        responses: ['1', '2', '3'],
        anchor: 'circular',
        fit: { kind: 'bradley-terry', lambda },
      })
      return [Number(data[2]?.strength), Number(data[2]?.standard_error)] as const
    }
    const [loose, tight] = [await of(0.01), await of(10)]
    expect(tight[0]).toBeLessThan(loose[0])
    expect(tight[1]).toBeLessThan(loose[1])
  })

  it('ranks by whatever was judged: a response given apart, and a failed comparison left out', async () => {
    const apart = await rewardsBy(byNumber, { responses: ['1', '3'], anchor: { response: '2' }, fit })
    expect(apart.rewards[0]).toBeCloseTo(-Number(apart.rewards[1]), 9)
    const broken: Opinion = (first, second) =>
      [first, second].toSorted().join() === '1,2' ? null : byNumber(first, second)
    const { rewards } = await rewardsBy(broken, { responses: ['1', '2', '3', '4'], anchor: 'all', fit })
    expect(rewards.map(Number)).toEqual(rewards.map(Number).toSorted((a, b) => a - b))
  })

  it('is null, with the reason, for who was compared in vain', async () => {
    const { rewards, data } = await rewardsBy(byNumber, {
      responses: ['1', 'broken', '3'],
      anchor: 'all',
      fit,
    })
    expect(rewards.map((reward) => reward === null)).toEqual([false, true, false])
    expect(data[1]?.error?.code).toBe('model_timeout')
    expect(data[1]?.strength).toBeUndefined()
  })
})

describe('fitBradleyTerry', () => {
  const observation = fc.record({
    first: fc.integer({ min: 0, max: 4 }),
    second: fc.integer({ min: 0, max: 4 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    trials: fc.integer({ min: 1, max: 9 }),
  })
  const observations = fc
    .array(observation, { maxLength: 20 })
    .map((list) =>
      list.flatMap(({ first, second, share, trials }): Observation[] =>
        first === second ? [] : [{ first, second, wins: share * trials, trials }],
      ),
    )

  it('finds the least of the penalised loss: no step to either side is better', () => {
    fc.assert(
      fc.property(observations, fc.double({ min: 0.01, max: 10, noNaN: true }), (seen, lambda) => {
        const { strengths } = fitBradleyTerry(5, seen, lambda)
        const least = loss(strengths, seen, lambda)
        for (let place = 0; place < 5; place++) {
          for (const step of [-1e-3, 1e-3]) {
            expect(loss(strengths.with(place, (strengths[place] ?? 0) + step), seen, lambda)).toBeGreaterThan(
              least,
            )
          }
        }
        expect(strengths.reduce((sum, strength) => sum + strength, 0)).toBeCloseTo(0, 9)
      }),
    )
  })

  it('finds the strengths that data were made by', () => {
    const truth = [-1, -0.5, 0, 0.5, 1]
    const seen = truth.flatMap((a, first) =>
      truth.flatMap((b, second) =>
        second <= first ? [] : [{ first, second, wins: 1e6 / (1 + Math.exp(b - a)), trials: 1e6 }],
      ),
    )
    const { strengths } = fitBradleyTerry(5, seen, 0.1)
    for (const [place, strength] of truth.entries()) expect(strengths[place]).toBeCloseTo(strength, 4)
  })

  it('knows nothing of a place but the penalty where nothing was seen', () => {
    const fit = fitBradleyTerry(4, [], 0.5)
    expect(fit.strengths).toEqual([0, 0, 0, 0])
    for (const error of standardErrors(fit)) expect(error).toBeCloseTo(Math.sqrt(3 / 4), 9)
  })
})

/** systems.md 1.8, written out. */
function loss(strengths: number[], seen: Observation[], lambda: number): number {
  const logistic = (value: number) => 1 / (1 + Math.exp(-value))
  const of = seen.map(({ first, second, wins, trials }) => {
    const difference = (strengths[first] ?? 0) - (strengths[second] ?? 0)
    return -wins * Math.log(logistic(difference)) - (trials - wins) * Math.log(logistic(-difference))
  })
  return [...of, ...strengths.map((strength) => lambda * strength ** 2)].reduce(
    (sum, value) => sum + value,
    0,
  )
}
