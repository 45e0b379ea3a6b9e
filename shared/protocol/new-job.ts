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
