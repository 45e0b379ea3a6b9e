import { sha256 } from '../../shared/identity/hash.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import {
  type CreateJobRequest,
  type FineTuningJob,
  isOver,
  type JobCheckpoint,
  jobCheckpoint,
  pageOf,
} from '../../shared/protocol/fine-tuning.ts'
import { newJob, requireSameJob } from '../../shared/protocol/new-job.ts'
import type { Call } from '../judging/call.ts'
import { callLimit } from '../models/call-limit.ts'
import { findEntry } from '../models/model-config.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Platform } from '../platform/platform.ts'
import type { StoredJob } from '../platform/training/port.ts'
import { dispatch } from './dispatch.ts'
import type { Files } from './files.ts'
import { requireOwnAdapter } from './own-model.ts'
import { askJob, refresh, seenFromEdge, workerOf } from './refresh.ts'
import { askWorker } from './worker-calls.ts'
import { requireWorkerKey } from './worker-key.ts'

export type JobAction = 'cancel' | 'pause' | 'resume'

/** The jobs of organisations, each at the worker of a model entry. */
export type Jobs = {
  /** A call with the Idempotency-Key of an earlier one gets that one's job. Throws `forbidden`. */
  create(request: CreateJobRequest, call: Call): Promise<FineTuningJob>
  /** As its worker says now, or said last. Throws `job_not_found`. */
  read(organisation: string, id: string): Promise<FineTuningJob>
  /** Newest first. */
  list(organisation: string): Promise<FineTuningJob[]>
  /** Throws what the worker says, and `model_unreachable` where it says nothing. */
  act(organisation: string, id: string, action: JobAction): Promise<FineTuningJob>
  checkpoints(
    organisation: string,
    id: string,
    query: string,
  ): Promise<{ data: JobCheckpoint[]; has_more: boolean }>
  /** What is kept of a job. Throws `job_not_found`. */
  require(organisation: string, id: string): Promise<StoredJob>
}

export function createJobs(platform: Platform, files: Files): Jobs {
  const { training, config } = platform

  async function require(organisation: string, id: string): Promise<StoredJob> {
    const stored = await training.job(organisation, id)
    if (stored) return stored
    throw new PlumblineError(
      'job_not_found',
      `There is no job '${id.slice(0, 64)}': GET /v1/fine_tuning/jobs lists them.`,
    )
  }

  const sent = (organisation: string, stored: StoredJob) => dispatch(organisation, stored, files, platform)

  return {
    require,

    async create(request, { organisation, apiKey, idempotencyKey }) {
      const entry = findEntry(config.models, request.model)
      if (entry.judges !== 'there') {
        const message = `'${entry.id}' is no Plumbline worker ("judges": "there"), which alone trains: name one that is.`
        throw new PlumblineError('invalid_request', message, { param: 'model' })
      }
      requireWorkerKey(config, organisation, request.method)
      const id = await idFor(organisation, idempotencyKey)
      const job = newJob(id, request, {
        organization: organisation,
        status: 'validating_files',
        now: Math.floor(platform.now() / 1000),
      })
      await requireOwnAdapter(platform, organisation, entry.id, request)
      const made = { request, apiKey, entry: entry.id, url: null, job: { ...job, model: entry.id } }
      const stored = await training.addJob(organisation, made)
      requireSameJob(stored.job, made.job)
      if (stored.url !== null) return (await refresh(organisation, stored, platform)).job
      try {
        return (await sent(organisation, stored)).job
      } catch (error) {
        // Who was told so asks again; a job that the worker did take is found by its id.
        await training.removeJob(organisation, id)
        throw error
      }
    },

    async read(organisation, id) {
      const stored = await require(organisation, id)
      return (await refresh(organisation, stored, platform, sent)).job
    },

    async list(organisation) {
      const all = await training.jobs(organisation)
      const places = callLimit()
      const open = all.filter(({ job }) => !isOver(job.status)).slice(0, LIMITS.jobsRefreshed)
      const fresh = await Promise.all(
        open.map((stored) => places(() => refresh(organisation, stored, platform, sent))),
      )
      const byId = new Map(fresh.map(({ job }) => [job.id, job]))
      return all.map(({ job }) => byId.get(job.id) ?? job)
    },

    async act(organisation, id, action) {
      const stored = await require(organisation, id)
      if (action === 'resume') requireWorkerKey(config, organisation, stored.request.method)
      const taken = stored.url === null ? await sent(organisation, stored) : stored
      const call = { path: `/fine_tuning/jobs/${id}/${action}`, body: '{}' } as const
      const job = seenFromEdge(await askJob(organisation, taken, call, platform), taken, platform)
      await training.updateJob(organisation, { ...taken, job })
      return job
    },

    async checkpoints(organisation, id, query) {
      const stored = await require(organisation, id)
      const call = { path: `/fine_tuning/jobs/${id}/checkpoints${query}` } as const
      const worker = workerOf(organisation, stored, platform)
      const { data, has_more } = await askWorker(worker, call, pageOf(jobCheckpoint), platform)
      const shown = data.map((one) => ({
        ...one,
        fine_tuned_model_checkpoint: renamed(
          one.fine_tuned_model_checkpoint,
          worker.entry.model,
          stored.entry,
        ),
      }))
      return { data: shown, has_more }
    },
  }
}

function renamed(model: string | null, base: string, entry: string): string | null {
  return model?.startsWith(`${base}:`) ? `${entry}${model.slice(base.length)}` : model
}

/** The same for a call that is repeated. An organisation's keys are its own. */
async function idFor(organisation: string, key: string | null): Promise<string> {
  const digest = await sha256(key === null ? crypto.randomUUID() : JSON.stringify(['job', organisation, key]))
  return `ftjob-${digest.slice(0, 24)}`
}
