import { sha256 } from '../../shared/identity/hash.ts'
import { shardOf } from '../../shared/identity/id.ts'
import { jobKey } from '../../shared/identity/key.ts'
import { toJob } from '../../shared/judge/request.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { JudgmentRequest } from '../../shared/protocol/judgment.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import type { MetaRubrics } from '../governance/meta-rubrics.ts'
import { findEntry, modelIdentity } from '../models/model-config.ts'
import type { Config } from '../platform/config.ts'
import type { Assignment } from '../platform/desk/port.ts'
import type { Call } from './call.ts'
import type { Rubrics } from './rubrics.ts'

/** A request with everything looked up that it names. Throws `model_not_found`, `rubric_not_found`, `meta_rubric_not_found` or `not_configured`. */
export async function planJudgment(
  request: JudgmentRequest,
  call: Call,
  config: Config,
  rubrics: Rubrics,
  metaRubrics: Pick<MetaRubrics, 'resolve'>,
): Promise<Assignment> {
  const { organisation, apiKey, idempotencyKey, traceparent, together } = call
  const entry = findEntry(config.models, request.model)
  requireAbility(request, entry)
  const { metaRubric, among } = await metaRubrics.resolve(organisation, request.meta_rubric)
  const rubric = request.rubric === undefined ? null : await rubrics.resolve(organisation, request.rubric)
  const { job, view: asked } = await toJob(request, rubric, metaRubric, among)
  const [key, shard] = await Promise.all([
    jobKey(organisation, job, modelIdentity(entry)),
    shardOf(organisation, job.prompt),
  ])
  const temperature = entry.calibration?.temperature
  const view = asked && temperature !== undefined ? { ...asked, temperature } : asked
  const cache = request.cache ?? 'use'
  const repeat = cache === 'use' || idempotencyKey === null ? null : await sha256(`${key} ${idempotencyKey}`)
  const assignment = { organisation, apiKey, key, repeat, cache, shard, model: entry.id, job, view }
  return {
    ...assignment,
    ...(traceparent !== undefined && { traceparent }),
    ...(together !== undefined && { together }),
  }
}

/**
 * Mode single is one long reply in JSON, which a model that only picks labels can't write. A rubric that rubric-arm
 * has written comes from the prompt alone, so that a meta-rubric would go unheeded.
 */
function requireAbility(request: JudgmentRequest, { id, verdicts, instantiate }: ModelEntry): void {
  if (request.protocol === 'rubric-arm' && request.meta_rubric !== undefined && instantiate === 'generate') {
    const advice = `'${id}' writes the rubric of protocol rubric-arm from the prompt alone: leave out meta_rubric.`
    throw new PlumblineError('invalid_request', advice, { param: 'meta_rubric' })
  }
  if (request.protocol === 'pointwise' || request.mode !== 'single' || verdicts === 'generate') return
  const message = `'${id}' picks labels and writes no JSON: use mode "staged", or a model with verdicts "generate".`
  throw new PlumblineError('invalid_request', message, { param: 'mode' })
}
