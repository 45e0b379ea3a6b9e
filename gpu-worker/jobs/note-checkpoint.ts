import type { JobCheckpoint } from '../../shared/protocol/fine-tuning.ts'
import { settingsOf } from '../../shared/protocol/training/methods.ts'
import { adapterName, isAdapter, placeAdapter, removeAdapter } from './adapter-place.ts'
import type { HeldJob } from './held-job.ts'

/** A checkpoint that a run has kept, and what its last step measured. */
export type Kept = {
  step: number
  /** Folders by role. */
  adapters: Record<string, string>
  metrics: JobCheckpoint['metrics']
  /** Unix time, seconds. */
  at: number
}

/**
 * Lists a checkpoint with its job and puts its adapters into the folder of adapters, for whoever wants to load them;
 * lets go of those whose checkpoint the run has removed.
 */
export function noteCheckpoint(job: HeldJob, kept: Kept, adapters: string): void {
  const { id, model, method } = job.state.job
  const roles = Object.entries(kept.adapters).filter(([, folder]) => isAdapter(folder))
  const nameOf = (role: string, step: number) =>
    adapterName(job.state.job, roles.length > 1 ? role : null, step)
  for (const [role, folder] of roles) placeAdapter(folder, adapters, nameOf(role, kept.step))
  const [first] = roles
  const checkpoint: JobCheckpoint = {
    id: `ftckpt-${id.replace('ftjob-', '').slice(0, 8)}-${String(kept.step).padStart(8, '0')}`,
    object: 'fine_tuning.job.checkpoint',
    created_at: kept.at,
    fine_tuning_job_id: id,
    fine_tuned_model_checkpoint: first ? `${model}:${nameOf(first[0], kept.step)}` : null,
    step_number: kept.step,
    metrics: kept.metrics,
  }
  const others = job.state.checkpoints.filter(({ step_number }) => step_number < kept.step)
  const all = [checkpoint, ...others]
  const most = settingsOf(method).keep_checkpoints
  for (const { step_number } of all.slice(most)) {
    for (const [role] of roles) removeAdapter(adapters, nameOf(role, step_number))
  }
  job.change({}, { starts: 0, checkpoints: all.slice(0, most) })
}
