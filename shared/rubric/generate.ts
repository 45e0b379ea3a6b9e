import * as z from 'zod'
import { makeRubric } from '../identity/id.ts'
import { seedOf } from '../identity/seed.ts'
import { fence } from '../model/fence.ts'
import { memoryKey } from '../model/memory.ts'
import { fill } from '../model/prompt.ts'
import { ask } from '../model/reply.ts'
import { showPair, showReference } from '../model/shown.ts'
import { transcript } from '../model/transcript.ts'
import { level, type MetaRubric } from '../protocol/rubric.ts'
import { text } from '../protocol/text.ts'
import { nameOf } from './name.ts'
import { DIFFERENCE } from './prompts/difference.ts'
import { INTENT } from './prompts/intent.ts'
import { POINTWISE_RUBRIC, RUBRIC } from './prompts/rubric.ts'
import type { Instantiator, RubricContext, RubricTask } from './task.ts'

const intentReply = z.strictObject({
  kind: z.string(),
  primary_need: z.string(),
  secondary_needs: z.array(z.string()),
  requirements: z.array(z.string()),
  reading: z.string(),
})

const differenceReply = z.strictObject({
  differences: z.array(z.strictObject({ about: z.string(), response_a: z.string(), response_b: z.string() })),
})

const rubricReply = z.strictObject({
  criteria: z
    .array(
      z.strictObject({
        title: text,
        description: text,
        level,
        clause: z.string().nullable(),
      }),
    )
    .min(1)
    .max(20),
})

/**
 * The model writes the rubric: intent of the prompt (kept per prompt, made without sight of the responses),
 * then the difference of the pair, then criteria out of the meta-rubric's clauses (OpenRS, systems.md 3.2).
 * Without a pair the difference is left out. Up to three model calls.
 */
export const generate: Instantiator = async (task, context) => {
  const [intent, difference] = await Promise.all([intentOf(task, context), differenceOf(task, context)])
  const { meta_rubric: meta } = task
  const holes = {
    'fenced:prompt': await fence(context.secret, 'prompt', transcript(task.prompt)),
    'fenced:intent': await fence(context.secret, 'need', intent),
    principles: list(meta.principles),
    clauses: clausesOf(meta),
  }
  const messages =
    difference === null
      ? fill(POINTWISE_RUBRIC, holes)
      : fill(RUBRIC, { ...holes, 'fenced:difference': await fence(context.secret, 'difference', difference) })
  const { criteria } = await ask(context.model, messages, {
    name: 'rubric',
    schema: rubricReply,
    ...settings(task, context),
  })
  const clauses = new Map(meta.clauses.map((clause) => [clause.id, clause]))
  return makeRubric(
    criteria.map(({ clause, ...rest }, index) => {
      const known = clause === null ? undefined : clauses.get(clause)
      return {
        id: `c${String(index + 1).padStart(2, '0')}`,
        ...rest,
        // a veto is for the fatal clauses alone: a model that invents another one has made a core criterion
        level: rest.level === 'fatal' && known?.level !== 'fatal' ? 'core' : rest.level,
        ...(known ? { clause: known.id } : {}),
      }
    }),
    nameOf(meta),
  )
}

async function intentOf(task: RubricTask, context: RubricContext): Promise<string> {
  const key = await memoryKey('intent', context.model, task.prompt)
  const reply = await context.memory.recall(key, async () => {
    const messages = fill(INTENT, {
      'fenced:prompt': await fence(context.secret, 'prompt', transcript(task.prompt)),
    })
    const seed = await seedOf(task.prompt)
    return ask(context.model, messages, {
      name: 'intent',
      schema: intentReply,
      ...settings({ seed }, context),
    })
  })
  return JSON.stringify(reply)
}

async function differenceOf(task: RubricTask, context: RubricContext): Promise<string | null> {
  if (!task.responses) return null
  const messages = fill(DIFFERENCE, {
    ...(await showPair(context.secret, transcript(task.prompt), task.responses)),
    ...(await showReference(context.secret, task.reference)),
  })
  const reply = await ask(context.model, messages, {
    name: 'difference',
    schema: differenceReply,
    ...settings(task, context),
  })
  return JSON.stringify(reply.differences)
}

function settings({ seed }: { seed: number }, { signal }: RubricContext) {
  return { temperature: 0, seed, ...(signal ? { signal } : {}) }
}

/** The principles of a meta-rubric as a prompt shows them. */
export const list = (principles: string[]) => principles.map((principle) => `- ${principle}`).join('\n')

/** The clauses of a meta-rubric as a prompt shows them, one a line. */
export function clausesOf(meta: MetaRubric): string {
  return meta.clauses
    .map(
      ({ id, level, title, description, applies }) =>
        `- ${id} [${level}] ${title}. ${description} Applies when: ${applies}`,
    )
    .join('\n')
}
