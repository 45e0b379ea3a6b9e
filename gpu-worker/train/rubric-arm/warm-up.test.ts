import { expect, test } from 'vitest'
import type { Message } from '../../../shared/protocol/message.ts'
import { scriptedTrainer } from '../testing/scripted-trainer.ts'
import { warmUpStep } from './warm-up.ts'

const sampler = { end: 0, prompt: () => [9], encode: (text: string) => [Number(text)] }
const conversations = ['1', '2', '3', '4', '5'].map((content): Message[] => [
  { role: 'user', content: 'say' },
  { role: 'assistant', content },
])

async function learnt(seed: number | null, steps: number): Promise<(number | undefined)[]> {
  const trainer = scriptedTrainer(() => -1)
  for (let step = 0; step < steps; step++) {
    await warmUpStep(trainer, sampler, conversations, { seed, from: 3 * step, count: 3 })
  }
  return trainer.seen.flatMap(({ trees }) => trees.map(({ branches }) => branches[0]?.tokens[0]))
}

test('a warm-up without a seed goes through its examples as they are, again and again', async () => {
  expect(await learnt(null, 4)).toEqual([1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2])
})

test('a warm-up with a seed goes through each of them once a round, in another order', async () => {
  const drawn = await learnt(7, 5)
  for (const round of [drawn.slice(0, 5), drawn.slice(5, 10)]) {
    expect(round.toSorted()).toEqual([1, 2, 3, 4, 5])
  }
  expect(drawn.slice(0, 5)).not.toEqual(drawn.slice(5, 10))
})
