import { fence, NOTHING } from '../model/fence.ts'
import { fill } from '../model/prompt.ts'
import { transcript } from '../model/transcript.ts'
import { expectation, type Scale, weigh } from '../model/weigh.ts'
import type { CriterionVerdict } from '../protocol/judgment.ts'
import type { Criterion } from '../protocol/rubric.ts'
import type { ComparisonContext, ComparisonTask } from './comparer.ts'
import { CHOOSE_VERDICT } from './prompts/choose-verdict.ts'
import { statementOf } from './statement.ts'

const BETTER: Scale = [
  { meaning: 'A is much better', value: 2 },
  { meaning: 'A is better', value: 1 },
  { meaning: 'no clear difference', value: 0 },
  { meaning: 'B is better', value: -1 },
  { meaning: 'B is much better', value: -2 },
]

/** What stands in for every text of a neutral question. */
const NEUTRAL = 'N/A'

/**
 * Verdicts read off the probabilities of five labels, a criterion a question: the verdict is their mean value,
 * the confidence the probability of its sign. No text is generated, so there is no evidence to quote.
 */
export function chooseVerdicts(
  task: ComparisonTask,
  context: ComparisonContext,
): Promise<CriterionVerdict[]> {
  return Promise.all(task.rubric.criteria.map((criterion) => verdictOn(criterion, task, context)))
}

async function verdictOn(
  criterion: Criterion,
  task: ComparisonTask,
  context: ComparisonContext,
): Promise<CriterionVerdict> {
  const stated = statementOf(criterion)
  const shown = await show(context.secret, transcript(task.prompt), task.shown, task.reference)
  const distribution = await weigh(
    context.model,
    context.memory,
    {
      ask: (scale) => fill(CHOOSE_VERDICT, { ...shown, criterion: stated, scale }),
      neutral: async (scale) =>
        fill(CHOOSE_VERDICT, {
          ...(await show(context.secret, NEUTRAL, [NEUTRAL, NEUTRAL], null)),
          criterion: stated,
          scale,
        }),
    },
    BETTER,
    context.signal,
  )
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

async function show(secret: string, prompt: string, [a, b]: [string, string], reference: string | null) {
  return {
    'fenced:prompt': await fence(secret, 'prompt', prompt),
    'fenced:response_a': await fence(secret, 'response_a', a),
    'fenced:response_b': await fence(secret, 'response_b', b),
    'fenced:reference': reference ? await fence(secret, 'reference_answer', reference) : NOTHING,
  } as const
}
