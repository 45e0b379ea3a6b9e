import { expectation, type Question, type Scale, weigh } from '../../model/weigh.ts'
import type { ComparisonContext } from './comparer.ts'
import type { Pass } from './way.ts'

/**
 * A pass by one question to a model that picks labels: the verdict is the mean value of the scale, its confidence the
 * probability of the verdict's sign. Throws `choice_not_observed`.
 */
export async function weighOpinion(
  question: Question,
  scale: Scale,
  { model, memory, signal }: ComparisonContext,
): Promise<Pass> {
  const distribution = await weigh(model, memory, question, scale, signal)
  const verdict = expectation(distribution, scale)
  const confidence = scale.reduce(
    (sum, { value }, index) =>
      Math.sign(value) === Math.sign(verdict) ? sum + (distribution[index] ?? 0) : sum,
    0,
  )
  return { criteria: [], opinion: { verdict, confidence, reason: null } }
}
