import type { Evidence } from '../../shared/judge/evidence.ts'
import type { Job } from '../../shared/judge/job.ts'
import { rubricTaskOf } from '../../shared/judge/rubric-task.ts'
import type { LanguageModel } from '../../shared/model/language-model.ts'
import type { Memory } from '../../shared/model/memory.ts'
import type { Rubric } from '../../shared/protocol/rubric.ts'
import { rubricKey } from '../../shared/rubric/instantiate.ts'

/**
 * Has a job judged elsewhere with the rubric that an earlier judgment made for it, if there is one; a new one
 * that comes back is remembered. While one is being made, others that want it wait for it.
 */
export async function withKnownRubric(
  job: Job,
  model: Pick<LanguageModel, 'identity' | 'instantiate'>,
  memory: Memory,
  judgeElsewhere: (job: Job) => Promise<Evidence>,
): Promise<Evidence> {
  const task = await rubricTaskOf(job)
  if (task === null) return judgeElsewhere(job)
  let made: Evidence | null = null
  const make = async (): Promise<Rubric> => {
    made = await judgeElsewhere(job)
    if (made.rubric === null) throw new NoRubric()
    return made.rubric
  }
  try {
    const rubric = await memory.recall(await rubricKey(task, model), make)
    return made ?? (await judgeElsewhere({ ...job, rubric }))
  } catch (error) {
    if (!(error instanceof NoRubric)) throw error
    return made ?? (await judgeElsewhere(job))
  }
}

/** The judgment came to its end without a rubric: identical responses, a verifier that decided, or a failure. */
class NoRubric extends Error {}
