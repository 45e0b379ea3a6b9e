import * as z from 'zod'
import { fence } from '../../model/fence.ts'
import { fill } from '../../model/prompt.ts'
import { ask } from '../../model/reply.ts'
import { showPair, showReference } from '../../model/shown.ts'
import { transcript } from '../../model/transcript.ts'
import { PlumblineError } from '../../protocol/error.ts'
import type { CriterionVerdict } from '../../protocol/judgment.ts'
import type { Criterion } from '../../protocol/rubric.ts'
import { VERDICTS } from '../prompts/verdicts.ts'
import { statementOf } from '../statement.ts'
import type { ComparisonContext, ComparisonTask } from './comparer.ts'

/** Verdicts written by the model with evidence and reason, all criteria of one order in one call. */
export async function generateVerdicts(
  task: ComparisonTask,
  context: ComparisonContext,
): Promise<CriterionVerdict[]> {
  const { criteria } = task.rubric
  const { secret, model, signal } = context
  const messages = fill(VERDICTS, {
    ...(await showPair(secret, transcript(task.prompt), task.shown)),
    ...(await showReference(secret, task.reference)),
    'fenced:criteria': await fence(secret, 'criteria', listCriteria(criteria)),
  })
  const { verdicts } = await ask(model, messages, {
    name: 'verdicts',
    schema: z.strictObject({
      verdicts: z.array(
        z.strictObject({
          criterion: criterionId(criteria),
          evidence: z.string(),
          reason: z.string(),
          verdict: z.literal([-2, -1, 0, 1, 2]),
        }),
      ),
    }),
    temperature: task.temperature,
    seed: task.seed,
    maxTokens: replyTokens(criteria),
    ...(signal ? { signal } : {}),
  })
  return inRubricOrder(criteria, verdicts).map(({ criterion, verdict, evidence, reason }) => ({
    id: criterion,
    verdict,
    confidence: null,
    evidence,
    reason,
  }))
}

/** The criteria as a prompt shows them, one a line, without their levels: weights are not the judge's business. */
export function listCriteria(criteria: Criterion[]): string {
  return criteria.map((criterion) => `${criterion.id}: ${statementOf(criterion)}`).join('\n')
}

/** Tokens that a reply with evidence and reason for every criterion may take. */
export function replyTokens(criteria: Criterion[]): number {
  return Math.max(4096, 256 * criteria.length)
}

/** The schema of a criterion's id: any other is a reply that breaks its schema. */
export function criterionId(criteria: Criterion[]) {
  return z.enum(criteria.map(({ id }) => id))
}

/** The verdicts in the order of the rubric. Throws `reply_invalid` unless each criterion has exactly one. */
export function inRubricOrder<V extends { criterion: string }>(criteria: Criterion[], verdicts: V[]): V[] {
  return criteria.map(({ id }) => {
    const [verdict, second] = verdicts.filter(({ criterion }) => criterion === id)
    if (verdict && !second) return verdict
    throw new PlumblineError(
      'reply_invalid',
      `The judge gave ${verdict ? 'two verdicts' : 'no verdict'} for criterion '${id}'.`,
    )
  })
}
