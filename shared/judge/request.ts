import type { JudgmentRequest } from '../protocol/judgment.ts'
import type { MetaRubric, Rubric } from '../protocol/rubric.ts'
import type { Job } from './job.ts'
import type { View } from './view.ts'

/**
 * The job and the view of a request: defaults filled in, the pair in canonical order, a missing seed derived
 * from the content. `rubric` is the caller's rubric, already resolved and given its id.
 */
export async function toJob(
  _request: JudgmentRequest,
  _rubric: Rubric | null,
  _metaRubric: MetaRubric,
): Promise<{ job: Job; view: View | null }> {
  throw new Error('toJob: written in this change set')
}
