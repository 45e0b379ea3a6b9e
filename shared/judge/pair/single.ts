import * as z from 'zod'
import { makeRubric } from '../../identity/id.ts'
import { fill } from '../../model/prompt.ts'
import { ask } from '../../model/reply.ts'
import { showPair, showReference } from '../../model/shown.ts'
import { transcript } from '../../model/transcript.ts'
import { PlumblineError } from '../../protocol/error.ts'
import type { CriterionVerdict } from '../../protocol/judgment.ts'
import { level, type MetaRubric, type Rubric } from '../../protocol/rubric.ts'
import { text } from '../../protocol/text.ts'
import { clausesOf, list } from '../../rubric/generate.ts'
import { nameOf } from '../../rubric/name.ts'
import { SINGLE } from '../prompts/single.ts'
import type { ComparisonContext, ComparisonTask } from './comparer.ts'

const singleReply = z.object({
  question_analysis: z.object({
    analysis: z.string(),
    question_type: z.string(),
    primary_need: z.string(),
    secondary_needs: z.array(z.string()),
    user_context: z.string(),
  }),
  rubric_list: z
    .array(z.object({ rubric_id: z.int(), title: text, description: z.string(), type: level }))
    .min(1)
    .max(30),
  rubric_compares: z
    .array(
      z.object({
        rubric_idx: z.int(),
        rubric_name: z.string(),
        type: z.string(),
        evidences: z.string(),
        reason: z.string(),
        chosen: z.enum(['A', 'B', 'S']),
        score: z.number(),
      }),
    )
    .max(30),
})

/** A pair in one order, and the meta-rubric that its rubric is made from. */
export type SingleTask = Omit<ComparisonTask, 'rubric'> & { meta_rubric: MetaRubric }

/**
 * One call does it all for one order: intent, a rubric of its own, and the comparison, in the published reply
 * format (OpenRS, systems.md 3.3). The lines are kept as the model wrote them, so that `compat` can aggregate
 * them as published. Throws `reply_invalid` when a line belongs to no criterion or two criteria have one id; that
 * each criterion has one line is for `hardened` to ask.
 */
export async function judgeSingle(
  task: SingleTask,
  { model, secret, signal }: Omit<ComparisonContext, 'memory'>,
): Promise<{ rubric: Rubric; criteria: CriterionVerdict[] }> {
  const messages = fill(SINGLE, {
    ...(await showPair(secret, transcript(task.prompt), task.shown)),
    ...(await showReference(secret, task.reference)),
    principles: list(task.meta_rubric.principles),
    clauses: clausesOf(task.meta_rubric),
  })
  const reply = await ask(model, messages, {
    name: 'single',
    schema: singleReply,
    temperature: task.temperature,
    seed: task.seed,
    maxTokens: 8192,
    ...(signal ? { signal } : {}),
  })
  const ids = new Map(
    reply.rubric_list.map((item, index) => [item.rubric_id, `c${String(index + 1).padStart(2, '0')}`]),
  )
  if (ids.size < reply.rubric_list.length) {
    throw new PlumblineError('reply_invalid', "The judge's single reply has two criteria with one rubric_id.")
  }
  const rubric = await makeRubric(
    reply.rubric_list.map(({ rubric_id, title, description, type }) => ({
      id: ids.get(rubric_id) ?? '',
      level: type,
      title,
      ...(description ? { description } : {}),
    })),
    nameOf(task.meta_rubric),
  )
  const criteria = reply.rubric_compares.map(({ rubric_idx, type, chosen, score, evidences, reason }) => {
    const id = ids.get(rubric_idx)
    if (id === undefined) {
      throw new PlumblineError(
        'reply_invalid',
        `The judge compared on rubric_idx ${rubric_idx}, which its rubric lacks.`,
      )
    }
    const verdict = chosen === 'A' ? Math.abs(score) : chosen === 'B' ? -Math.abs(score) : 0
    return { id, verdict, confidence: null, evidence: evidences, reason, stated: { type, chosen, score } }
  })
  return { rubric, criteria }
}
