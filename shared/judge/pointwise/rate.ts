import * as z from 'zod'
import { askAgain, type Sampling } from '../../model/ask-again.ts'
import { fence } from '../../model/fence.ts'
import { fill } from '../../model/prompt.ts'
import { ask } from '../../model/reply.ts'
import { expectation, type Scale, weigh } from '../../model/weigh.ts'
import type { VerdictMethod } from '../../protocol/model-entry.ts'
import type { Rating } from '../../protocol/pointwise.ts'
import type { Criterion } from '../../protocol/rubric.ts'
import { schemeOf } from '../../rubric/standing.ts'
import { leavesOf, sharesOf } from '../../rubric/tree.ts'
import { mean } from '../../statistics/moments.ts'
import { type JudgeContext, sampling } from '../context.ts'
import type { PointwiseJob } from '../job.ts'
import { CHOOSE_RATING, RATE } from '../prompts/pointwise.ts'
import { statementOf } from '../statement.ts'
import { type ShownResponse, showNeutral, showResponse } from './task.ts'

type RatingTask = { shown: ShownResponse; criteria: string; sampling: Sampling }
type Rater = (task: RatingTask, context: JudgeContext) => Promise<Rating>

const RATERS: Record<VerdictMethod, { sampled: boolean; rate: Rater }> = {
  generate: { sampled: true, rate: writeRating },
  choose: { sampled: false, rate: chooseRating },
}

/**
 * Rates a response as a whole, 1..10, in sight of all criteria and of how much each counts: the mean over votes,
 * with the first vote's reason (RaR implicit, systems.md 4). Throws `PlumblineError` when the model fails.
 */
export async function rateResponse(
  job: PointwiseJob,
  criteria: Criterion[],
  context: JudgeContext,
): Promise<Rating> {
  const { sampled, rate } = RATERS[context.model.verdicts]
  const votes = Array.from({ length: sampled ? job.votes : 1 }, (_, vote) => vote)
  const task = { shown: await showResponse(job, context.secret), criteria: labelled(criteria) }
  const ratings = await Promise.all(
    votes.map(async (vote) => rate({ ...task, sampling: await sampling(job, vote) }, context)),
  )
  return {
    value: mean(ratings.map(({ value }) => value)),
    reason: ratings[0]?.reason ?? null,
  }
}

async function writeRating(
  { shown, criteria, sampling }: RatingTask,
  { secret, model, signal }: JudgeContext,
): Promise<Rating> {
  const messages = fill(RATE, { ...shown, 'fenced:criteria': await fence(secret, 'criteria', criteria) })
  const schema = z.strictObject({
    explanation: z.string(),
    rating: z.literal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
  })
  return askAgain(sampling, async (now) => {
    const reply = await ask(model, messages, {
      name: 'rate',
      schema,
      ...now,
      ...(signal ? { signal } : {}),
    })
    return { value: reply.rating, reason: reply.explanation }
  })
}

const RATINGS: Scale = Array.from({ length: 10 }, (_, step) => ({
  meaning: `${step + 1} of 10`,
  value: step + 1,
}))

/** The mean of the ratings, each weighted by its probability. */
async function chooseRating(
  { shown, criteria }: RatingTask,
  { secret, model, memory, signal }: JudgeContext,
): Promise<Rating> {
  const neutral = await showNeutral(secret)
  const fenced = { 'fenced:criteria': await fence(secret, 'criteria', criteria) }
  const question = {
    ask: (scale: string) => fill(CHOOSE_RATING, { ...shown, ...fenced, scale }),
    neutral: (scale: string) => fill(CHOOSE_RATING, { ...neutral, ...fenced, scale }),
  }
  return { value: expectation(await weigh(model, memory, question, RATINGS, signal), RATINGS), reason: null }
}

/** The criteria as a rating's prompt shows them, one a line, each after how much it counts. */
function labelled(criteria: Criterion[]): string {
  const shares = schemeOf(criteria) === 'weight' ? sharesOf(criteria) : new Map<string, number>()
  return leavesOf(criteria)
    .map((criterion) => `[${labelOf(criterion, shares)}] ${statementOf(criterion)}`)
    .join('\n')
}

function labelOf({ id, level, points, rule, category }: Criterion, shares: Map<string, number>): string {
  if (points !== undefined) return `${points > 0 ? '+' : ''}${points} points`
  const word = level ?? category ?? rule?.replace('_', ' ')
  return word ?? `${Number(((shares.get(id) ?? 0) * 100).toPrecision(3))} % of the whole`
}
