import { makeRubric } from '../identity/id.ts'
import { judge } from '../judge/judge.ts'
import { present } from '../judge/present.ts'
import { toJob } from '../judge/request.ts'
import type { LanguageModel } from '../model/language-model.ts'
import {
  type PairJudgment,
  type PairRequest,
  type PointwiseJudgment,
  type PointwiseRequest,
  pairJudgment,
  pointwiseJudgment,
} from '../protocol/judgment.ts'
import type { MetaRubric } from '../protocol/rubric.ts'
import { findMetaRubric } from '../rubric/meta-rubrics.ts'

/** A model that writes rubrics and verdicts. */
export const written = { instantiate: 'generate', verdicts: 'generate' } as const
/** A model that selects clauses and chooses labels. */
export const chosen = { instantiate: 'select', verdicts: 'choose' } as const

const noMemory = { recall: <T>(_key: string, make: () => Promise<T>) => make() }

/** The general meta-rubric. */
export async function general(): Promise<MetaRubric> {
  const found = await findMetaRubric('general')
  if (!found) throw new Error('general is missing')
  return found
}

/** A request for two responses to one prompt. */
export const pair = (first: string, second: string): PairRequest => ({
  prompt: 'Say something.',
  responses: [first, second],
})

/** The answer of a judge without any cache, checked against the schema that callers are promised. */
export async function judgePair(model: LanguageModel, request: PairRequest): Promise<PairJudgment> {
  const rubric = typeof request.rubric === 'object' ? await makeRubric(request.rubric.criteria, null) : null
  const { job, view } = await toJob(request, rubric, await general())
  const evidence = await judge(job, { model, secret: 's', memory: noMemory })
  return pairJudgment.parse(present({ ...FILED, evidence }, view, 'miss'))
}

/** The same for a single response. */
export async function judgePoint(
  model: LanguageModel,
  response: string,
  asked: Partial<PointwiseRequest> = {},
): Promise<PointwiseJudgment> {
  const request: PointwiseRequest = { protocol: 'pointwise', prompt: 'Hi', responses: [response], ...asked }
  const rubric = typeof asked.rubric === 'object' ? await makeRubric(asked.rubric.criteria, null) : null
  const { job, view } = await toJob(request, rubric, await general())
  const evidence = await judge(job, { model, secret: 's', memory: noMemory })
  return pointwiseJudgment.parse(present({ ...FILED, evidence }, view, 'miss'))
}

const FILED = { id: `jdg_${'0'.repeat(32)}`, created: 0, model: 'm' }
