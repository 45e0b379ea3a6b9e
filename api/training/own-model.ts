import { fineTunedName, noSuchModel } from '../models/model-config.ts'
import type { Platform } from '../platform/platform.ts'

/**
 * Lets an organisation use what its own jobs trained. Throws `model_not_found` for what another's did, as for a model
 * that there is not; a model that no job made passes.
 */
export async function requireOwnModel(
  { training, config }: Pick<Platform, 'training' | 'config'>,
  organisation: string,
  model: string | undefined,
): Promise<void> {
  const named = fineTunedName(config.models, model)
  if (named === null) return
  const jobs = await training.jobs(organisation)
  const isOwn = jobs.some(
    ({ entry, job }) =>
      entry === named.base.id && named.adapter.includes(job.id.replace('ftjob-', '').slice(0, 12)),
  )
  if (!isOwn) throw noSuchModel(config.models, model ?? '')
}
