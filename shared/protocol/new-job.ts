import { canonicalJson } from '../identity/canonical-json.ts'
import { PlumblineError } from './error.ts'
import type { CreateJobRequest, FineTuningJob } from './fine-tuning.ts'
import { settingsOf } from './training/methods.ts'

/** A job of which nothing has been done. `now` is Unix time, seconds. */
export function newJob(
  id: string,
  request: CreateJobRequest,
  { organization, status, now }: { organization: string; status: FineTuningJob['status']; now: number },
): FineTuningJob {
  const settings = settingsOf(request.method)
  return {
    id,
    object: 'fine_tuning.job',
    created_at: now,
    finished_at: null,
    estimated_finish: null,
    model: request.model,
    fine_tuned_model: null,
    fine_tuned_models: {},
    organization_id: organization,
    status,
    training_file: request.training_file,
    validation_file: request.validation_file ?? null,
    method: request.method,
    hyperparameters: {
      n_epochs: 'epochs' in settings ? settings.epochs : null,
      batch_size: 'batch_size' in settings ? settings.batch_size : null,
    },
    seed: settings.seed,
    suffix: request.suffix ?? null,
    metadata: request.metadata ?? null,
    result_files: [],
    integrations: [],
    trained_tokens: null,
    error: null,
    progress: { step: 0, steps: null, phase: null },
    refreshed_at: now,
  }
}

/** What a caller says of a job: two calls that say the same are one call that was repeated. */
const SAID = ['model', 'training_file', 'validation_file', 'method', 'suffix', 'metadata'] as const

/** Throws `invalid_request` where an Idempotency-Key that made one job comes with the body of another. */
export function requireSameJob(made: FineTuningJob, asked: FineTuningJob): void {
  const other = SAID.find((field) => canonicalJson(made[field]) !== canonicalJson(asked[field]))
  if (other === undefined) return
  const message = `The Idempotency-Key made '${made.id}', whose '${other}' is another: send a new key with a new body.`
  throw new PlumblineError('invalid_request', message, { param: other })
}
