import { PlumblineError } from '../../shared/protocol/error.ts'
import { type FineTuningJob, fineTuningJob, isOver } from '../../shared/protocol/fine-tuning.ts'
import { findEntry } from '../models/model-config.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Platform } from '../platform/platform.ts'
import type { StoredJob } from '../platform/training/port.ts'
import { askWorker, type JobWorker, type WorkerCall, workerUrl } from './worker-calls.ts'

/** A job that no worker has taken within this time was left by an edge that ended meanwhile. */
const LEFT_AFTER_S = 60

type Send = (organisation: string, stored: StoredJob) => Promise<StoredJob>

/**
 * A job as its worker says now, which is kept; as it said last where it can't be asked. One that the worker has lost
 * has failed. `send` hands a job over that an edge left before any worker had it.
 */
export async function refresh(
  organisation: string,
  stored: StoredJob,
  platform: Pick<Platform, 'training' | 'config' | 'fetch' | 'now'>,
  send?: Send,
): Promise<StoredJob> {
  const { job, url } = stored
  const age = platform.now() / 1000 - job.refreshed_at
  if (isOver(job.status)) return stored
  try {
    if (url === null) return send && age > LEFT_AFTER_S ? await send(organisation, stored) : stored
    if (age * 1000 < LIMITS.jobFreshMs) return stored
    const call = { path: `/fine_tuning/jobs/${job.id}`, timeoutMs: LIMITS.jobAnswerMs } as const
    const now = seenFromEdge(await askJob(organisation, stored, call, platform), stored, platform)
    const kept = { ...stored, job: now }
    await platform.training.updateJob(organisation, kept)
    return kept
  } catch (error) {
    if (!PlumblineError.isInstance(error)) throw error
    if (error.code !== 'job_not_found') return stored
    const lost = { ...stored, job: lostBy(stored, platform.now()) }
    await platform.training.updateJob(organisation, lost)
    return lost
  }
}

/** What a worker answers about a job. */
export function askJob(
  organisation: string,
  stored: StoredJob,
  call: WorkerCall,
  platform: Pick<Platform, 'config' | 'fetch'>,
): Promise<FineTuningJob> {
  return askWorker(workerOf(organisation, stored, platform), call, fineTuningJob, platform)
}

/** Throws `model_not_found` where the job's entry is configured no more. */
export function workerOf(
  organisation: string,
  { entry: id, url }: StoredJob,
  { config }: Pick<Platform, 'config'>,
): JobWorker {
  const entry = findEntry(config.models, id)
  return { entry, url: workerUrl(entry, url), organisation }
}

/** A worker's job with the names that the edge has for the model and what was made of it. */
export function seenFromEdge(
  job: FineTuningJob,
  { entry, job: before }: StoredJob,
  { now }: Pick<Platform, 'now'>,
): FineTuningJob {
  const rename = (model: string) =>
    model.startsWith(`${job.model}:`) ? `${entry}${model.slice(job.model.length)}` : model
  return {
    ...job,
    model: entry,
    organization_id: before.organization_id,
    refreshed_at: Math.floor(now() / 1000),
    fine_tuned_model: job.fine_tuned_model === null ? null : rename(job.fine_tuned_model),
    fine_tuned_models: Object.fromEntries(
      Object.entries(job.fine_tuned_models).map(([role, model]) => [role, rename(model)]),
    ),
  }
}

function lostBy({ job, entry }: StoredJob, now: number): FineTuningJob {
  const seconds = Math.floor(now / 1000)
  const message = `The worker of '${entry}' knows this job no more: start it with the PLUMBLINE_HOME that it had and resume the job, or create another one.`
  const error = { code: 'job_not_found', message, param: null }
  return {
    ...job,
    status: 'failed',
    error,
    finished_at: seconds,
    estimated_finish: null,
    refreshed_at: seconds,
  }
}
