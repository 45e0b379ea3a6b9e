import { makeRubric } from '../identity/id.ts'
import { fence } from '../model/fence.ts'
import { fill } from '../model/prompt.ts'
import { NEUTRAL, showPair, showReference } from '../model/shown.ts'
import { transcript } from '../model/transcript.ts'
import { type Question, type Scale, weigh } from '../model/weigh.ts'
import type { Clause } from '../protocol/rubric.ts'
import { nameOf } from './name.ts'
import { CHOOSE_CLAUSE, CHOOSE_POINTWISE_CLAUSE } from './prompts/choose-clause.ts'
import type { Instantiator, RubricContext, RubricTask } from './task.ts'

/** How many clauses a selected rubric has. */
export const SELECTED_CLAUSES = 5

const MATTERS: Scale = [
  { meaning: 'yes, it matters', value: 1 },
  { meaning: 'no, it does not matter', value: 0 },
]

/**
 * For models too small to write a rubric: the clauses are ranked by the model's own probability that each
 * matters for the difference between the two responses, averaged over both orders, and the first five are
 * the rubric, in the meta-rubric's order so that equal choices have one id. No text is generated.
 */
export const select: Instantiator = async (task, context) => {
  const { clauses } = task.meta_rubric
  const scores = await rank(clauses, task, context)
  const kept = clauses
    .map((clause, index) => ({ clause, index, score: scores[index] ?? 0 }))
    .toSorted((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, SELECTED_CLAUSES)
    .toSorted((a, b) => a.index - b.index)
  return makeRubric(
    kept.map(({ clause: { id, level, title, description } }) => ({
      id,
      level,
      title,
      description,
      clause: id,
    })),
    nameOf(task.meta_rubric),
  )
}

/** The probability that each clause matters, in [0, 1], in the order of the clauses. */
export async function rank(clauses: Clause[], task: RubricTask, context: RubricContext): Promise<number[]> {
  const { secret, model, memory, signal } = context
  const prompt = transcript(task.prompt)
  const asks =
    task.responses === null
      ? [await aboutPrompt(secret, prompt)]
      : [
          await aboutPair(secret, prompt, task.responses, task.reference),
          await aboutPair(secret, prompt, turned(task.responses), task.reference),
        ]
  const passes = await Promise.all(
    asks.map(async (ask) => {
      const answers = clauses.map((clause) => weigh(model, memory, ask(clause), MATTERS, signal))
      return (await Promise.all(answers)).map(([yes]) => yes ?? 0)
    }),
  )
  return clauses.map((_, index) => passes.reduce((sum, pass) => sum + (pass[index] ?? 0), 0) / passes.length)
}

/** Puts the question of a clause; the texts that all clauses are asked about are fenced once. */
type Ask = (clause: Clause) => Question

async function aboutPair(
  secret: string,
  prompt: string,
  pair: [string, string],
  reference: string | null,
): Promise<Ask> {
  const texts = { ...(await showPair(secret, prompt, pair)), ...(await showReference(secret, reference)) }
  const neutral = {
    ...(await showPair(secret, NEUTRAL, [NEUTRAL, NEUTRAL])),
    ...(await showReference(secret, null)),
  }
  return ({ title, applies }) => ({
    ask: (scale) => fill(CHOOSE_CLAUSE, { ...texts, title, applies, scale }),
    neutral: (scale) => fill(CHOOSE_CLAUSE, { ...neutral, title, applies, scale }),
  })
}

async function aboutPrompt(secret: string, prompt: string): Promise<Ask> {
  const text = { 'fenced:prompt': await fence(secret, 'prompt', prompt) }
  const neutral = { 'fenced:prompt': await fence(secret, 'prompt', NEUTRAL) }
  return ({ title, applies }) => ({
    ask: (scale) => fill(CHOOSE_POINTWISE_CLAUSE, { ...text, title, applies, scale }),
    neutral: (scale) => fill(CHOOSE_POINTWISE_CLAUSE, { ...neutral, title, applies, scale }),
  })
}

const turned = ([a, b]: [string, string]): [string, string] => [b, a]
