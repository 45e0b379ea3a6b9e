import * as z from 'zod'
import { askAgain } from '../../model/ask-again.ts'
import { fence } from '../../model/fence.ts'
import { fill } from '../../model/prompt.ts'
import { ask } from '../../model/reply.ts'
import { criterionId, inRubricOrder, listCriteria, replyTokens } from '../pair/generate-verdicts.ts'
import { MET } from '../prompts/pointwise.ts'
import type { Grader } from './task.ts'

/** Verdicts written by the model with evidence and reason, all criteria of the task in one call. */
export const writeMet: Grader = async ({ shown, criteria, seed, temperature }, { secret, model, signal }) => {
  const messages = fill(MET, {
    ...shown,
    'fenced:criteria': await fence(secret, 'criteria', listCriteria(criteria)),
  })
  const schema = z.strictObject({
    verdicts: z.array(
      z.strictObject({
        criterion: criterionId(criteria),
        evidence: z.string(),
        reason: z.string(),
        met: z.boolean(),
      }),
    ),
  })
  return askAgain({ seed, temperature }, async (sampling) => {
    const { verdicts } = await ask(model, messages, {
      name: 'met',
      schema,
      ...sampling,
      maxTokens: replyTokens(criteria),
      ...(signal ? { signal } : {}),
    })
    return inRubricOrder(criteria, verdicts).map(({ criterion, met, evidence, reason }) => ({
      id: criterion,
      met: met ? 1 : 0,
      evidence,
      reason,
    }))
  })
}
