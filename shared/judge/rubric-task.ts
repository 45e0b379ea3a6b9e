import { seedOf } from '../identity/seed.ts'
import type { RubricTask } from '../rubric/task.ts'
import type { Job } from './job.ts'

/**
 * What the rubric of a job is made for, or null where none is made: the caller gave one, or mode single makes
 * one in each order. A single response's rubric comes from its prompt alone, so that all responses of a prompt
 * are held against the same one.
 */
export async function rubricTaskOf(job: Job): Promise<RubricTask | null> {
  const { prompt, meta_rubric, rubric } = job
  if (rubric !== null) return null
  if (job.kind === 'pointwise') {
    return { prompt, responses: null, meta_rubric, reference: null, seed: await seedOf(prompt) }
  }
  if (job.mode === 'single') return null
  return { prompt, responses: job.responses, meta_rubric, reference: job.reference, seed: job.seed }
}
