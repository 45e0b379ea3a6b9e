import type { Evidence } from '../../shared/judge/evidence.ts'
import type { Job } from '../../shared/judge/job.ts'
import { rubricTaskOf } from '../../shared/judge/rubric-task.ts'
import type { LanguageModel } from '../../shared/model/language-model.ts'
import { type Memory, memoryKey } from '../../shared/model/memory.ts'
import type { Route } from '../../shared/protocol/judgment.ts'
import type { MetaRubric, Rubric } from '../../shared/protocol/rubric.ts'
import { rubricKey } from '../../shared/rubric/instantiate.ts'
import type { RubricTask } from '../../shared/rubric/task.ts'

type Maker = Pick<LanguageModel, 'identity' | 'instantiate'>

/**
 * Has a job judged elsewhere with the rubric that an earlier judgment made for it, if there is one; a new one
 * that comes back is remembered, with the route that led to it where the meta-rubric was asked for as "auto".
 * While one is being made, others that want it wait for it.
 */
export async function withKnownRubric(
  job: Job,
  model: Maker,
  memory: Memory,
  judgeElsewhere: (job: Job) => Promise<Evidence>,
): Promise<Evidence> {
  const task = await rubricTaskOf(job)
  if (task === null) return judgeElsewhere(job)
  let made: Evidence | null = null
  const make = async (): Promise<Evidence & { rubric: Rubric }> => {
    const evidence = await judgeElsewhere(job)
    made = evidence
    const { rubric } = evidence
    if (rubric === null) throw new NoRubric()
    return { ...evidence, rubric }
  }
  try {
    const { among, ...unrouted } = job
    if (among) {
      const key = await routedRubricKey(task, among, model)
      const { rubric, route } = await memory.recall(key, async () => routedRubric(await make()))
      return made ?? { ...(await judgeElsewhere({ ...unrouted, rubric })), ...(route && { route }) }
    }
    const rubric = await memory.recall(await rubricKey(task, model), async () => (await make()).rubric)
    return made ?? (await judgeElsewhere({ ...job, rubric }))
  } catch (error) {
    if (!(error instanceof NoRubric)) throw error
    return made ?? (await judgeElsewhere(job))
  }
}

/** The key that a rubric is remembered under where its meta-rubric is yet to be chosen. */
function routedRubricKey(task: RubricTask, among: MetaRubric[], model: Maker): Promise<string> {
  return memoryKey('routed rubric', model, { ...task, meta_rubric: among.map(({ id }) => id) })
}

const routedRubric = ({ rubric, route }: { rubric: Rubric; route?: Route }) => ({
  rubric,
  ...(route && { route }),
})

/** The judgment came to its end without a rubric: identical responses, a verifier that decided, or a failure. */
class NoRubric extends Error {}
