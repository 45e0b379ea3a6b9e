import { describe, expect, test } from 'vitest'
import { verify } from '../../../shared/verify/verify.ts'
import { KIND_NAMES } from './constraint.ts'
import { makeTwins } from './pairs.ts'
import { makeRequests } from './requests.ts'
import { TOPICS } from './topics.ts'

const OPTIONS = { seed: 5, count: 400, pairsEach: 1, kinds: KIND_NAMES }
const twins = await makeTwins(OPTIONS)
const tasks = twins.flat()

describe('pairs of the constraint task', () => {
  test('differ in that the chosen response alone meets the constraint, and the twin wants what the other has', async () => {
    for (const [one, other] of twins) {
      for (const { constraint, pairs } of [one, other]) {
        const passed = async (response: string) => {
          const [result] = await verify([constraint.verifier], { prompt: '', response })
          return result?.passed
        }
        for (const { chosen, rejected } of pairs) {
          expect([await passed(chosen), await passed(rejected)]).toEqual([true, false])
        }
      }
      expect(other.pairs).toEqual(
        one.pairs.map(({ chosen, rejected }) => ({ chosen: rejected, rejected: chosen })),
      )
      expect(one.prompt).not.toBe(other.prompt)
    }
  })

  test('are of every kind, and the same for the same seed', async () => {
    expect(new Set(tasks.map(({ constraint }) => constraint.kind))).toEqual(new Set(KIND_NAMES))
    expect(await makeTwins({ ...OPTIONS, count: 3 })).toEqual(twins.slice(0, 3))
    expect(await makeTwins({ ...OPTIONS, count: 3, seed: 6 })).not.toEqual(twins.slice(0, 3))
  })

  test('are told apart by neither length nor looks where only the first of twins is taken', () => {
    const signs: Record<string, (text: string) => number> = {
      length: (text) => text.length,
      lines: (text) => text.split('\n').length,
      comma: (text) => Number(text.includes(',')),
      title: (text) => Number(text.includes('<<')),
      stars: (text) => Number(text.includes('*')),
      quotes: (text) => Number(text.startsWith('"')),
    }
    const pairs = twins.flatMap(([first]) => first.pairs)
    for (const [name, sign] of Object.entries(signs)) {
      const wins = pairs.map(({ chosen, rejected }) => (Math.sign(sign(chosen) - sign(rejected)) + 1) / 2)
      const share = wins.reduce((sum, win) => sum + win, 0) / wins.length
      expect(Math.abs(share - 0.5), name).toBeLessThan(0.08)
    }
  })

  test('are of the kinds that are asked for, the twin of others', async () => {
    const others = ['detectable_content:postscript'] as const
    const made = await makeTwins({ ...OPTIONS, count: 9, kinds: ['startend:quotation'], others })
    expect(new Set(made.map(([one]) => one.constraint.kind))).toEqual(new Set(['startend:quotation']))
    expect(new Set(made.map(([, other]) => other.constraint.kind))).toEqual(new Set(others))
  })
})

test('requests have one or two constraints, which go together', () => {
  const requests = makeRequests({ seed: 3, count: 80, kinds: KIND_NAMES })
  expect(new Set(requests.map(({ prompt }) => prompt)).size).toBe(80)
  expect(new Set(requests.map(({ constraints }) => constraints.length))).toEqual(new Set([1, 2]))
})

test('a key is in its own sentence alone', () => {
  for (const { sentences } of TOPICS) {
    for (const { key, body } of sentences) {
      expect(body).toMatch(new RegExp(`\\b${key}\\b`))
      expect(sentences.filter((other) => other.body.includes(key)).map((other) => other.key)).toEqual([key])
    }
  }
})
