import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LanguageModel } from './language-model.ts'
import { expectation, type Scale, weigh } from './weigh.ts'

const SCALE: Scale = [
  { meaning: 'yes', value: 1 },
  { meaning: 'perhaps', value: 0 },
  { meaning: 'no', value: -1 },
]

/** Answers with the probabilities that `odds` gives to each label, by its meaning and its place in the list. */
function weighing(odds: (meaning: string, place: number, neutral: boolean) => number) {
  const model: LanguageModel = {
    identity: 'm',
    instantiate: 'select',
    verdicts: 'choose',
    generate: () => Promise.reject(new Error('not asked')),
    async choose(messages, labels) {
      const text = messages.map(({ content }) => content).join('\n')
      const weights = labels.map((label, place) => {
        const meaning = new RegExp(`^${label} = (.*)$`, 'm').exec(text)?.[1] ?? ''
        return odds(meaning, place, text.startsWith('N/A'))
      })
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      return {
        probabilities: weights.map((weight) => (total === 0 ? 0 : weight / total)),
        tokens: { prompt: 1, completion: 1, cached: 0 },
      }
    },
  }
  const question = {
    ask: (scale: string) => [{ role: 'user' as const, content: `Content\n${scale}` }],
    neutral: (scale: string) => [{ role: 'user' as const, content: `N/A\n${scale}` }],
  }
  const memory = { recall: <T>(_key: string, make: () => Promise<T>) => make() }
  return weigh(model, memory, question, SCALE, undefined)
}

describe('weigh', () => {
  it('gives each meaning its probability, wherever it stands in the list', async () => {
    const odds = new Map([
      ['yes', 6],
      ['perhaps', 3],
      ['no', 1],
    ])
    const found = await weighing((meaning, _place, neutral) => (neutral ? 1 : (odds.get(meaning) ?? 0)))
    expect(found.map((p) => Number(p.toFixed(9)))).toEqual([0.6, 0.3, 0.1])
  })

  it('cancels a liking for a meaning that shows without any content', async () => {
    const found = await weighing((meaning) => (meaning === 'yes' ? 8 : 1))
    for (const probability of found) expect(probability).toBeCloseTo(1 / 3, 12)
  })

  it('cancels a liking for a place in the list that shows with content alone', async () => {
    const found = await weighing((_meaning, place, neutral) => (neutral || place > 0 ? 1 : 8))
    expect(found[0]).toBeCloseTo(found[2] ?? Number.NaN, 12)
    expect(expectation(found, SCALE)).toBeCloseTo(0, 12)
  })

  it('sums to 1 and stays within [0, 1], even where the neutral answer leaves labels out', async () => {
    const weight = fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1, noNaN: true }))
    await fc.assert(
      fc.asyncProperty(fc.array(weight, { minLength: 6, maxLength: 6 }), async (weights) => {
        fc.pre(weights.slice(0, 3).some((value) => value > 0))
        const found = await weighing((_meaning, place, neutral) => weights[place + (neutral ? 3 : 0)] ?? 0)
        expect(found.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9)
        for (const probability of found) {
          expect(probability).toBeGreaterThanOrEqual(0)
          expect(probability).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it.each([0, Number.NaN])(
    'is an error, not a number, where every label has the probability %d',
    async (p) => {
      await expect(weighing((_meaning, _place, neutral) => (neutral ? 1 : p))).rejects.toMatchObject({
        code: 'choice_not_observed',
      })
    },
  )
})
