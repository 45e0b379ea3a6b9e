import { fill } from '../../model/prompt.ts'
import { NEUTRAL, showPair, showReference } from '../../model/shown.ts'
import { transcript } from '../../model/transcript.ts'
import { expectation, type Question, type Scale, weigh } from '../../model/weigh.ts'
import type { CriterionVerdict } from '../../protocol/judgment.ts'
import type { Criterion } from '../../protocol/rubric.ts'
import { CHOOSE_VERDICT } from '../prompts/choose-verdict.ts'
import { statementOf } from '../statement.ts'
import type { ComparisonContext, ComparisonTask } from './comparer.ts'

/** Which of two is better, and how clearly, as the verdicts that it stands for. */
export const BETTER: Scale = [
  { meaning: 'A is much better', value: 2 },
  { meaning: 'A is better', value: 1 },
  { meaning: 'no clear difference', value: 0 },
  { meaning: 'B is better', value: -1 },
  { meaning: 'B is much better', value: -2 },
]

/**
 * Verdicts read off the probabilities of five labels, a criterion a question: the verdict is their mean value,
 * the confidence the probability of its sign. No text is generated, so there is no evidence to quote.
 */
export async function chooseVerdicts(
  { prompt, shown, rubric, reference }: ComparisonTask,
  context: ComparisonContext,
): Promise<CriterionVerdict[]> {
  const { secret } = context
  const texts = {
    ...(await showPair(secret, transcript(prompt), shown)),
    ...(await showReference(secret, reference)),
  }
  const neutral = {
    ...(await showPair(secret, NEUTRAL, [NEUTRAL, NEUTRAL])),
    ...(await showReference(secret, null)),
  }
  const ask = (criterion: Criterion): Question => {
    const stated = statementOf(criterion)
    return {
      ask: (scale) => fill(CHOOSE_VERDICT, { ...texts, criterion: stated, scale }),
      neutral: (scale) => fill(CHOOSE_VERDICT, { ...neutral, criterion: stated, scale }),
    }
  }
  return Promise.all(rubric.criteria.map((criterion) => verdictOn(criterion, ask(criterion), context)))
}

async function verdictOn(
  criterion: Criterion,
  question: Question,
  { model, memory, signal }: ComparisonContext,
): Promise<CriterionVerdict> {
  const distribution = await weigh(model, memory, question, BETTER, signal)
  const mean = expectation(distribution, BETTER)
  // an expectation is hardly ever zero, so a veto needs a whole step
  const verdict = criterion.level === 'fatal' ? Math.trunc(mean) + 0 : mean
  return {
    id: criterion.id,
    verdict,
    confidence: BETTER.reduce(
      (sum, { value }, index) =>
        Math.sign(value) === Math.sign(verdict) ? sum + (distribution[index] ?? 0) : sum,
      0,
    ),
    evidence: null,
    reason: null,
  }
}
