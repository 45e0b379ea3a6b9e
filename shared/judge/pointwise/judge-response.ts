import { instantiate } from '../../rubric/instantiate.ts'
import { leavesOf } from '../../rubric/tree.ts'
import { type JudgeContext, stage, toFailure } from '../context.ts'
import type { PointwiseEvidence } from '../evidence.ts'
import type { PointwiseJob } from '../job.ts'
import { routedJob } from '../route-job.ts'
import { rubricTaskOf } from '../rubric-task.ts'
import { gradeCriteria } from './grade.ts'
import { rateResponse } from './rate.ts'

/**
 * Judges one response by itself: its rubric, made from the prompt alone or given; then every criterion, those of a
 * tree at its leaves, or one rating in sight of them all.
 */
export async function judgeResponse(
  job: PointwiseJob,
  context: JudgeContext,
): Promise<Omit<PointwiseEvidence, 'spent'>> {
  const found: Omit<PointwiseEvidence, 'spent'> = {
    kind: 'pointwise',
    scoring: job.scoring,
    rubric: job.rubric,
    criteria: [],
    rating: null,
    failure: null,
  }
  try {
    const routed = await routedJob(job, found, context)
    const task = await rubricTaskOf(routed)
    const rubric =
      task === null ? job.rubric : await stage('make rubric', context, (inner) => instantiate(task, inner))
    if (rubric === null) throw new Error('A single response has its rubric before its verdicts.')
    found.rubric = rubric
    context.report?.({ event: 'rubric', data: rubric })
    if (job.scoring === 'implicit') {
      found.rating = await stage('rate', context, (inner) => rateResponse(job, rubric.criteria, inner))
    } else {
      const leaves = leavesOf(rubric.criteria)
      const graded = await stage('grade', context, (inner) => gradeCriteria(job, leaves, inner))
      found.criteria = graded.verdicts
      found.failure = graded.failure
    }
  } catch (error) {
    found.failure = toFailure(error)
  }
  return found
}
