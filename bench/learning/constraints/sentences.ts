import type { Random } from '../../../shared/statistics/random.ts'
import type { Draft } from './draft.ts'
import type { Topic } from './topics.ts'

/** So many different ones of a topic's sentences, in random order and without openers. */
export function sentencesOf(
  sentences: Topic['sentences'],
  count: number,
  random: Random,
): Draft['sentences'][number][] {
  return shuffled(sentences, random)
    .slice(0, count)
    .map(({ body }) => ({ opener: null, body }))
}

/** In an order that the stream says. */
export function shuffled<T>(values: readonly T[], random: Random): T[] {
  return values
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value)
}
