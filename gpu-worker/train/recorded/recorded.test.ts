import { expect, test } from 'vitest'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { readRecordedExample, recordedSettings } from '../../../shared/protocol/training/recorded.ts'
import { scriptedTrainer } from '../testing/scripted-trainer.ts'
import { wordPolicy } from '../testing/word-policy.ts'
import { checkTrees } from '../trainer/check-trees.ts'
import type { Trainer } from '../trainer.ts'
import { openRecorded } from './recorded.ts'

const WORDS = ['red', 'blue', 'green']
/** Groups that somebody else wrote: red gained, blue did harm, green was refused. */
const GROUPS = Array.from({ length: 8 }, (_, at) =>
  readRecordedExample({
    prompt: `mend ${at}`,
    completions: [
      { text: 'red', reward: 0.2 },
      { text: 'blue', reward: -0.1 },
      { text: 'green', reward: 0 },
      { text: 'green', reward: null },
    ],
  }),
)
const SMALL = { epochs: 4, batch_size: 4, kl: 0, max_tokens: 16 }

async function toEnd(given: object = {}, examples = GROUPS) {
  const { trainer, sampler } = wordPolicy(WORDS, 1, 200)
  const settings = parseWith(recordedSettings, { ...SMALL, ...given })
  const { method, tooLong } = await openRecorded({
    ...{ settings, role: 'policy', examples, validation: examples, writing: sampler },
    openTrainer: async () => trainer,
  })
  const reports = []
  for (let report = await method.step(new AbortController().signal); report; ) {
    reports.push(report)
    report = await method.step(new AbortController().signal)
  }
  const [red = 0, blue = 0, green = 0] = trainer.state().parameters
  return { reports, tooLong, logits: { red, blue, green } }
}

test('what gained becomes likelier, though others wrote it', async () => {
  const { reports, logits } = await toEnd()
  expect(reports).toHaveLength(8)
  expect(logits.red).toBeGreaterThan(Math.max(logits.blue, logits.green))
  expect(logits.blue).toBeLessThan(logits.green)
  expect(reports[0]?.metrics).toMatchObject({
    null_rewards: 4,
    groups_used: 1,
    mismatch_max: 0,
    truncated: 0,
  })
  expect(reports.at(-1)?.metrics.validation_likeliest_reward).toBeCloseTo(0.2, 12)
})

test('asymmetric: a failure is pushed away less than a gain is pulled, and no failure is pulled at all', async () => {
  const failures = GROUPS.map(({ prompt }) =>
    readRecordedExample({
      prompt,
      completions: [
        { text: 'red', reward: 0 },
        { text: 'blue', reward: -0.4 },
      ],
    }),
  )
  const push = async (advantages: string) => (await toEnd({ advantages, epochs: 1 }, failures)).logits
  const [mild, full] = [await push('asymmetric'), await push('no_std')]
  expect(mild.blue).toBeLessThan(0)
  expect(mild.blue).toBeGreaterThan(full.blue)
  expect(mild.red - mild.green).toBeLessThan(1e-6)
  expect(full.red - full.green).toBeGreaterThan(1)
})

test('a completion that was cut off does not learn to end there', async () => {
  const trainer = scriptedTrainer(() => -1)
  const writing = { prompt: () => [9], encode: (text: string) => text.split('').map(Number), end: 7 }
  const completions = [
    { text: '12', finish: 'length', reward: 0 },
    { text: '12', reward: 1 },
    { text: '', finish: 'length', reward: 0 },
    { text: '', reward: 0 },
  ]
  const { method } = await openRecorded({
    settings: parseWith(recordedSettings, { ...SMALL, kl: 0.1 }),
    ...{ role: 'policy', writing, examples: [readRecordedExample({ prompt: 'a', completions })] },
    openTrainer: async () => trainer,
  })
  await method.step(new AbortController().signal)
  const [update] = trainer.seen
  expect(update?.trees[0]?.branches.map(({ tokens }) => tokens)).toEqual([[1, 2], [1, 2, 7], [7]])
})

test('a group of which nothing was written is left out and counted', async () => {
  const { trainer, sampler } = wordPolicy(WORDS, 1, 200)
  const writing = { ...sampler, encode: (text: string) => (text === '' ? [] : sampler.encode(text)) }
  const strict: Trainer = {
    ...trainer,
    score(trees) {
      checkTrees(trees, [], { context: 16, vocabulary: 8 })
      return trainer.score(trees)
    },
  }
  const nothing = { text: '', finish: 'length', reward: 0 }
  const empty = readRecordedExample({ prompt: 'a', completions: [nothing, nothing] })
  const { method } = await openRecorded({
    settings: parseWith(recordedSettings, { ...SMALL, epochs: 1, batch_size: 1 }),
    ...{ role: 'policy', writing, openTrainer: async () => strict },
    ...{ examples: [empty, ...GROUPS.slice(0, 1)], validation: [empty] },
  })
  const [one, other] = [
    await method.step(new AbortController().signal),
    await method.step(new AbortController().signal),
  ]
  const shares = [one, other].map((report) => report?.metrics.groups_too_few)
  expect(shares.toSorted()).toEqual([0, 1])
  expect(trainer.updates).toBe(1)
})

test.each([
  [{ prompt: 'a', completions: [{ text: 'b', reward: 1 }] }, /'completions' must hold two completions/],
  [{ prompt: 'a', completions: [{ text: 'b' }, { text: 'c' }] }, /'completions.0.reward' must be/],
  [{ messages: [] }, /'prompt' must be/],
])('%j is refused', (line, sentence) => {
  expect(() => readRecordedExample(line)).toThrow(sentence)
})
