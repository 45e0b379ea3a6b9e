import { makeRubric } from '../identity/id.ts'
import { fence } from '../model/fence.ts'
import { fill } from '../model/prompt.ts'
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

/** What stands in for every text of a neutral question. */
const NEUTRAL = 'N/A'

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
  const sights = task.responses === null ? [null] : [task.responses, turned(task.responses)]
  // one order after the other: a server that keeps the last prefix computes each only once
  const passes: number[][] = []
  for (const sight of sights) {
    passes.push(await Promise.all(clauses.map((clause) => matters(clause, sight, task, context))))
  }
  return clauses.map((_, index) => passes.reduce((sum, pass) => sum + (pass[index] ?? 0), 0) / passes.length)
}

async function matters(
  clause: Clause,
  pair: [string, string] | null,
  task: RubricTask,
  context: RubricContext,
): Promise<number> {
  const question =
    pair === null ? await aboutPrompt(clause, task, context) : await aboutPair(clause, pair, task, context)
  const [yes] = await weigh(context.model, context.memory, question, MATTERS, context.signal)
  return yes ?? 0
}

async function aboutPair(
  { title, applies }: Clause,
  pair: [string, string],
  task: RubricTask,
  context: RubricContext,
): Promise<Question> {
  const shown = await shownPair(context.secret, transcript(task.prompt), pair)
  return {
    ask: (scale) => fill(CHOOSE_CLAUSE, { ...shown, title, applies, scale }),
    neutral: async (scale) =>
      fill(CHOOSE_CLAUSE, {
        ...(await shownPair(context.secret, NEUTRAL, [NEUTRAL, NEUTRAL])),
        title,
        applies,
        scale,
      }),
  }
}

async function aboutPrompt(
  { title, applies }: Clause,
  task: RubricTask,
  { secret }: RubricContext,
): Promise<Question> {
  const prompt = await fence(secret, 'prompt', transcript(task.prompt))
  return {
    ask: (scale) => fill(CHOOSE_POINTWISE_CLAUSE, { 'fenced:prompt': prompt, title, applies, scale }),
    neutral: async (scale) =>
      fill(CHOOSE_POINTWISE_CLAUSE, {
        'fenced:prompt': await fence(secret, 'prompt', NEUTRAL),
        title,
        applies,
        scale,
      }),
  }
}

async function shownPair(secret: string, prompt: string, [a, b]: [string, string]) {
  return {
    'fenced:prompt': await fence(secret, 'prompt', prompt),
    'fenced:response_a': await fence(secret, 'response_a', a),
    'fenced:response_b': await fence(secret, 'response_b', b),
  } as const
}

const turned = ([a, b]: [string, string]): [string, string] => [b, a]
