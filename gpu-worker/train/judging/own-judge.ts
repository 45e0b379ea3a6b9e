import { makeEvidenceId, makeRubric, shardOf } from '../../../shared/identity/id.ts'
import { judge } from '../../../shared/judge/judge.ts'
import { present } from '../../../shared/judge/present.ts'
import { toJob } from '../../../shared/judge/request.ts'
import type { LanguageModel } from '../../../shared/model/language-model.ts'
import type { Memory } from '../../../shared/model/memory.ts'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { JudgmentRequest } from '../../../shared/protocol/judgment.ts'
import type { RewardContext } from '../../../shared/reward/method.ts'
import { metaRubricOf } from '../../../shared/rubric/meta-rubrics.ts'

/** Judges by a model at hand, as the worker's own service does; nothing is kept but what judgments share. */
export function ownJudge(
  model: LanguageModel,
  { secret, memory, sandbox }: { secret: string; memory: Memory; sandbox?: RewardContext['sandbox'] },
): RewardContext['judge'] {
  return async (request: JudgmentRequest) => {
    const rubric = await rubricOf(request)
    const { metaRubric, among } = await metaRubricOf(request.meta_rubric)
    const { job, view } = await toJob(request, rubric, metaRubric, among)
    const evidence = await judge(job, { model, secret, memory, ...(sandbox && { sandbox }) })
    const id = await makeEvidenceId(await shardOf('', job.prompt), evidence)
    return present({ id, created: 0, model: model.identity, evidence }, view, 'miss')
  }
}

async function rubricOf({ rubric }: JudgmentRequest) {
  if (rubric === undefined) return null
  if (typeof rubric !== 'string') return makeRubric(rubric.criteria, rubric.meta_rubric ?? null)
  throw new PlumblineError(
    'rubric_not_found',
    'A run keeps no rubrics: give the rubric itself, not its id, or have a service judge.',
    { param: 'rubric' },
  )
}
