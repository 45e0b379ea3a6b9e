import { describe, expect, test } from 'vitest'
import { verify } from '../../../shared/verify/verify.ts'
import { KIND_NAMES } from './constraint.ts'
import { makeTasks } from './pairs.ts'
import { TOPICS } from './topics.ts'

const OPTIONS = { seed: 5, prompts: 150, pairsEach: 3, kinds: KIND_NAMES }
const tasks = await makeTasks(OPTIONS)
const pairs = tasks.flatMap(({ pairs: of, constraints }) => of.map((pair) => ({ ...pair, constraints })))

describe('pairs of the constraint task', () => {
  test('differ in one constraint alone, which the chosen response meets', async () => {
    for (const { chosen, rejected, violated, constraints } of pairs) {
      const specs = constraints.map(({ verifier }) => verifier)
      const met = async (response: string) =>
        (await verify(specs, { prompt: '', response })).map(({ passed }) => passed)
      expect(await met(chosen)).toEqual(specs.map(() => true))
      expect(await met(rejected)).toEqual(specs.map((_, index) => index !== violated))
    }
  })

  test('are of every kind, and the same for the same seed', async () => {
    const kinds = new Set(pairs.map(({ constraints, violated }) => constraints[violated]?.kind))
    expect([...kinds].sort()).toEqual([...KIND_NAMES].sort())
    expect(await makeTasks({ ...OPTIONS, prompts: 3 })).toEqual(tasks.slice(0, 3))
    expect(await makeTasks({ ...OPTIONS, prompts: 3, seed: 6 })).not.toEqual(tasks.slice(0, 3))
  })

  test('can be told apart by neither length nor looks without the request', () => {
    const signs: Record<string, (text: string) => number> = {
      length: (text) => text.length,
      lines: (text) => text.split('\n').length,
      comma: (text) => Number(text.includes(',')),
      title: (text) => Number(text.includes('<<')),
      stars: (text) => Number(text.includes('*')),
      quotes: (text) => Number(text.startsWith('"')),
      capitals: (text) => Number(text === text.toUpperCase()),
    }
    for (const [name, sign] of Object.entries(signs)) {
      const wins = pairs.map(({ chosen, rejected }) => (Math.sign(sign(chosen) - sign(rejected)) + 1) / 2)
      const share = wins.reduce((sum, win) => sum + win, 0) / wins.length
      expect(Math.abs(share - 0.5), name).toBeLessThan(0.08)
    }
  })

  test('violate the kinds that they are asked to, with others beside', async () => {
    const violated = ['startend:quotation', 'detectable_content:postscript'] as const
    const held = await makeTasks({ ...OPTIONS, prompts: 20, violated, constraints: [2] })
    const kinds = held.flatMap(({ constraints, pairs: of }) =>
      of.map((pair) => constraints[pair.violated]?.kind),
    )
    expect(new Set(kinds)).toEqual(new Set(violated))
    expect(held.every(({ constraints }) => constraints.length >= 2)).toBe(true)
  })
})

test('a key is in its own sentence alone', () => {
  for (const { sentences } of TOPICS) {
    for (const { key, body } of sentences) {
      expect(body).toMatch(new RegExp(`\\b${key}\\b`))
      expect(sentences.filter((other) => other.body.includes(key)).map((other) => other.key)).toEqual([key])
    }
  }
})
