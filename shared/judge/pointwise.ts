import * as z from 'zod'
import { fence } from '../model/fence.ts'
import { fill } from '../model/prompt.ts'
import { ask } from '../model/reply.ts'
import { NEUTRAL, showReference } from '../model/shown.ts'
import { transcript } from '../model/transcript.ts'
import { type Scale, weigh } from '../model/weigh.ts'
import type { MetVerdict } from '../protocol/judgment.ts'
import type { VerdictMethod } from '../protocol/model-entry.ts'
import type { Criterion, Rubric } from '../protocol/rubric.ts'
import type { ComparisonContext } from './comparer.ts'
import { criterionId, inRubricOrder, listCriteria, replyTokens } from './generate-verdicts.ts'
import type { PointwiseJob } from './job.ts'
import { CHOOSE_MET } from './prompts/choose-verdict.ts'
import { MET } from './prompts/verdicts.ts'
import { statementOf } from './statement.ts'

/** One response and the criteria that it is held against. */
export type MetTask = Pick<PointwiseJob, 'prompt' | 'reference'> & {
  response: string
  rubric: Rubric
  seed: number
  temperature: number
}

/** Says of each criterion whether the response meets it. Throws `PlumblineError` when the model fails. */
export type Grader = {
  /** False where asking again gives the same answer. */
  sampled: boolean
  grade(task: MetTask, context: ComparisonContext): Promise<MetVerdict[]>
}

export const GRADERS: Record<VerdictMethod, Grader> = {
  generate: { sampled: true, grade: generateMet },
  choose: {
    sampled: false,
    grade: (task, context) => Promise.all(task.rubric.criteria.map((c) => chooseMet(c, task, context))),
  },
}

async function generateMet(task: MetTask, context: ComparisonContext): Promise<MetVerdict[]> {
  const { criteria } = task.rubric
  const messages = fill(MET, {
    ...(await show(task, context.secret)),
    'fenced:criteria': await fence(context.secret, 'criteria', listCriteria(criteria)),
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
  const { verdicts } = await ask(context.model, messages, {
    name: 'met',
    schema,
    temperature: task.temperature,
    seed: task.seed,
    maxTokens: replyTokens(criteria),
    ...(context.signal ? { signal: context.signal } : {}),
  })
  return inRubricOrder(criteria, verdicts).map(({ criterion, met, evidence, reason }) => ({
    id: criterion,
    met: met ? 1 : 0,
    evidence,
    reason,
  }))
}

const MEETS: Scale = [
  { meaning: 'yes, it does', value: 1 },
  { meaning: 'no, it does not', value: 0 },
]

async function chooseMet(
  criterion: Criterion,
  task: MetTask,
  context: ComparisonContext,
): Promise<MetVerdict> {
  const stated = statementOf(criterion)
  const shown = await show(task, context.secret)
  const neutral = await show(
    { prompt: [{ role: 'user', content: NEUTRAL }], response: NEUTRAL, reference: null },
    context.secret,
  )
  const question = {
    ask: (scale: string) => fill(CHOOSE_MET, { ...shown, criterion: stated, scale }),
    neutral: (scale: string) => fill(CHOOSE_MET, { ...neutral, criterion: stated, scale }),
  }
  const [yes] = await weigh(context.model, context.memory, question, MEETS, context.signal)
  return { id: criterion.id, met: yes ?? null, evidence: null, reason: null }
}

async function show(
  { prompt, response, reference }: Pick<MetTask, 'prompt' | 'response' | 'reference'>,
  secret: string,
) {
  return {
    'fenced:prompt': await fence(secret, 'prompt', transcript(prompt)),
    'fenced:response': await fence(secret, 'response', response),
    ...(await showReference(secret, reference)),
  } as const
}
