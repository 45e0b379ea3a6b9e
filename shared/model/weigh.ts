import { PlumblineError } from '../protocol/error.ts'
import type { Message } from '../protocol/message.ts'
import type { LanguageModel } from './language-model.ts'
import { type Memory, memoryKey } from './memory.ts'

/**
 * What the labels of a question mean, each with its value. Labels are the digits from 1, or from 0 where there are
 * ten, so that each is one token and none begins with another.
 */
export type Scale = { meaning: string; value: number }[]

/** A question to be put with its labels listed by `scale`; `neutral` is the same without any content. */
export type Question = {
  ask(scale: string): Message[]
  neutral(scale: string): Message[]
}

/** A prior under which a label may not fall, so that dividing by it stays finite. */
const LEAST_PRIOR = 1e-6

/**
 * The probability of each meaning of a scale, summing to 1.
 *
 * The question is put with the labels listed in both directions and the results averaged, which cancels a
 * liking for a place in the list. Each result is divided by the answer to the neutral question and
 * normalised, which cancels a liking for a label (contextual calibration). Throws `choice_not_observed` where
 * the model gave no label any probability.
 */
export async function weigh(
  model: LanguageModel,
  memory: Memory,
  question: Question,
  scale: Scale,
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const directions = [scale.map((_, index) => index), scale.map((_, index) => scale.length - 1 - index)]
  const options = signal ? { signal } : {}
  const lowest = scale.length < 10 ? 1 : 0
  const results = await Promise.all(
    directions.map(async (direction) => {
      const labels = direction.map((_, place) => String(place + lowest))
      const list = direction.map((index, place) => `${labels[place]} = ${scale[index]?.meaning}`).join('\n')
      const choose = async (messages: Message[]) =>
        (await model.choose(messages, labels, options)).probabilities
      const neutral = question.neutral(list)
      const key = await memoryKey('prior', model, [neutral, labels])
      const [observed, prior] = await Promise.all([
        choose(question.ask(list)),
        memory.recall(key, () => choose(neutral)),
      ])
      const raw = observed.map((probability, place) => probability / Math.max(prior[place] ?? 0, LEAST_PRIOR))
      const total = raw.reduce((sum, value) => sum + value, 0)
      if (!(total > 0 && Number.isFinite(total))) {
        throw new PlumblineError('choice_not_observed', 'The model gave none of the labels a probability.')
      }
      const byMeaning: number[] = scale.map(() => 0)
      direction.forEach((index, place) => {
        byMeaning[index] = (raw[place] ?? 0) / total
      })
      return byMeaning
    }),
  )
  return scale.map(
    (_, index) => results.reduce((sum, result) => sum + (result[index] ?? 0), 0) / results.length,
  )
}

/** The mean value of a distribution over a scale. */
export function expectation(distribution: number[], scale: Scale): number {
  return scale.reduce((sum, { value }, index) => sum + value * (distribution[index] ?? 0), 0)
}
