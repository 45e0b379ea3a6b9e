import { PlumblineError } from '../../shared/protocol/error.ts'
import type { CreateJobRequest } from '../../shared/protocol/fine-tuning.ts'
import { settingsOf } from '../../shared/protocol/training/methods.ts'
import { type FineTunedName, fineTunedName, noSuchModel } from '../models/model-config.ts'
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
  if (named === null || (await hasTrained(training, organisation, named))) return
  throw noSuchModel(config.models, model ?? '')
}

/**
 * Lets a job begin with an adapter that a job of its own organisation trained at the same worker, or with one that no
 * job trained. Throws `forbidden` for another's, by whatever path it is named.
 */
export async function requireOwnAdapter(
  { training, config }: Pick<Platform, 'training' | 'config'>,
  organisation: string,
  entry: string,
  { method }: Pick<CreateJobRequest, 'method'>,
): Promise<void> {
  const settings = settingsOf(method)
  const adapter = 'adapter' in settings ? settings.adapter : null
  if (adapter === null || !/(^|[/\\])ft-/.test(adapter)) return
  const named = fineTunedName(config.models, `${entry}:${adapter}`)
  if (named !== null && (await hasTrained(training, organisation, named))) return
  const message = `No job of yours trained '${adapter.slice(0, 64)}' at '${entry}': name an adapter as your job's fine_tuned_models does, without '${entry}:'.`
  throw new PlumblineError('forbidden', message, { param: `method.${method.type}.hyperparameters.adapter` })
}

async function hasTrained(
  training: Platform['training'],
  organisation: string,
  { base, adapter }: FineTunedName,
): Promise<boolean> {
  const jobs = await training.jobs(organisation)
  return jobs.some(
    ({ entry, job }) => entry === base.id && adapter.includes(job.id.replace('ftjob-', '').slice(0, 12)),
  )
}
