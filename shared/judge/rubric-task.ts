import { seedOf } from '../identity/seed.ts'
import type { RubricTask } from '../rubric/task.ts'
import type { Job } from './job.ts'

/**
 * What the rubric of a job is made for, or null where none is made: the caller gave one, mode single makes one in
 * each order, and protocol direct does without. The rubric of a single response and that of rubric-arm come from the
 * prompt alone, so that all responses of a prompt are held against the same one; so does that of a pair with
 * `rubric_from: "prompt"`.
 */
export async function rubricTaskOf(job: Job): Promise<RubricTask | null> {
  const { prompt, meta_rubric, rubric } = job
  if (rubric !== null) return null
  const ofPrompt = { prompt, responses: null, meta_rubric, reference: null }
  if (job.kind === 'pointwise') return { ...ofPrompt, seed: await seedOf(prompt) }
  if (job.protocol === 'rubric-arm') return { ...ofPrompt, form: 'rubric-arm', seed: await seedOf(prompt) }
  if (job.protocol === 'direct' || job.mode === 'single') return null
  if (job.rubric_from === 'prompt') return { ...ofPrompt, seed: await seedOf(prompt) }
  return { prompt, responses: job.responses, meta_rubric, reference: job.reference, seed: job.seed }
}
