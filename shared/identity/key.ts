import type { Job } from '../judge/job.ts'
import { canonicalJson } from './canonical-json.ts'
import { sha256 } from './hash.ts'

/**
 * Raised when a change of the judge's code or prompts changes what it asks or would answer; part of every key, so
 * that nothing recorded before is taken for its answer. `shared/judge/asked.test.ts` fails where that was forgotten.
 */
export const JUDGE_VERSION = 5

/**
 * The key of a job: the hash of the organisation and the whole normalised request. The order of the
 * responses, the order policy and the aggregation are not in it, since they are computed from stored verdicts.
 */
export function jobKey(organisation: string, job: Job, modelIdentity: string): Promise<string> {
  const named = {
    ...job,
    meta_rubric: job.meta_rubric.id,
    among: job.among?.map(({ id }) => id),
    rubric: job.rubric?.id ?? null,
  }
  return sha256(canonicalJson(['job', JUDGE_VERSION, organisation, modelIdentity, named]))
}
