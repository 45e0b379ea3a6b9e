import type { VerdictMethod } from '../../protocol/model-entry.ts'
import type { MetVerdict } from '../../protocol/pointwise.ts'
import type { Criterion } from '../../protocol/rubric.ts'
import { schemeOf } from '../../rubric/standing.ts'
import { mean } from '../../statistics/moments.ts'
import { type JudgeContext, sampling, toFailure } from '../context.ts'
import type { Failure } from '../evidence.ts'
import type { PointwiseJob } from '../job.ts'
import { chooseMet } from './choose-met.ts'
import { type Grader, showResponse } from './task.ts'
import { writeMet } from './write-met.ts'

/** How criteria are judged; `sampled` is false where asking again gives the same answer. */
const GRADERS: Record<VerdictMethod, { sampled: boolean; grade: Grader }> = {
  generate: { sampled: true, grade: writeMet },
  choose: { sampled: false, grade: chooseMet },
}

/** Criteria asked about at once: the most whose verdicts fit the 4096 tokens that every server lets a reply have. */
const CRITERIA_PER_CALL = 16

/** Verdicts in the order of the criteria, null for those that could not be judged, and why the first could not. */
export type Graded = { verdicts: MetVerdict[]; failure: Failure | null }

/**
 * Judges every criterion by itself, in as many calls as it takes, for each vote, telling of each as it is known.
 * A call that fails costs the verdicts of its own criteria alone.
 */
export async function gradeCriteria(
  job: PointwiseJob,
  criteria: Criterion[],
  context: JudgeContext,
): Promise<Graded> {
  const method = job.scoring === 'probability' ? 'choose' : context.model.verdicts
  const { sampled, grade } = GRADERS[method]
  const votes = Array.from({ length: sampled ? job.votes : 1 }, (_, vote) => vote)
  const shown = await showResponse(job, context.secret)

  async function gradeBatch(batch: Criterion[]): Promise<Graded> {
    try {
      const passes = await Promise.all(
        votes.map(async (vote) => grade({ shown, criteria: batch, ...(await sampling(job, vote)) }, context)),
      )
      return { verdicts: meanOf(passes), failure: null }
    } catch (error) {
      const failure = toFailure(error)
      const unknown = { met: null, evidence: null, reason: failure.message }
      return { verdicts: batch.map(({ id }) => ({ id, ...unknown })), failure }
    }
  }

  const batches = inBatches(criteria, criteriaPerCall(job, criteria, method))
  const graded = await Promise.all(
    batches.map(async (batch) => {
      const result = await gradeBatch(batch)
      for (const criterion of result.verdicts)
        context.report?.({ event: 'verdict', data: { order: null, vote: 0, criterion } })
      return result
    }),
  )
  return {
    verdicts: graded.flatMap(({ verdicts }) => verdicts),
    failure: graded.find(({ failure }) => failure !== null)?.failure ?? null,
  }
}

/** HealthBench's grader is asked about one criterion a call (systems.md 2.2), and so is a model that picks labels. */
function criteriaPerCall(job: PointwiseJob, criteria: Criterion[], method: VerdictMethod): number {
  if (method === 'choose') return 1
  return job.criteria_per_call ?? (schemeOf(criteria) === 'points' ? 1 : CRITERIA_PER_CALL)
}

function inBatches(criteria: Criterion[], size: number): Criterion[][] {
  return Array.from({ length: Math.ceil(criteria.length / size) }, (_, batch) =>
    criteria.slice(batch * size, (batch + 1) * size),
  )
}

/** The mean over votes of each criterion's probability; text is the first vote's. */
function meanOf(votes: MetVerdict[][]): MetVerdict[] {
  return (votes[0] ?? []).map((first, index) => {
    const met = votes.map((vote) => vote[index]?.met ?? null)
    const known = met.filter((value) => value !== null)
    return {
      ...first,
      met: known.length < met.length ? null : mean(known),
    }
  })
}
