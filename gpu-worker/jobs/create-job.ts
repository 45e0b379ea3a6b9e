import { createHash, randomUUID } from 'node:crypto'
import { linkSync } from 'node:fs'
import { join } from 'node:path'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { CreateJobRequest } from '../../shared/protocol/fine-tuning.ts'
import { jobId } from '../../shared/protocol/fine-tuning.ts'
import { newJob, requireSameJob } from '../../shared/protocol/new-job.ts'
import { leastPrompts, settingsOf } from '../../shared/protocol/training/methods.ts'
import { adapterFolder } from '../server/adapter-folder.ts'
import { checkData } from './check-data.ts'
import type { Files } from './files.ts'
import type { HeldJob } from './held-job.ts'
import type { Jobs } from './jobs.ts'
import { toStorageError } from './keep.ts'

export type CreateParts = {
  jobs: Jobs
  files: Files
  /** The id of the model that is served. */
  model: string
  /** The folder of adapters. */
  adapters: string
  now(): number
}

/** The organisation of jobs that no edge asked for. */
export const LOCAL = 'local'

/** The organisation that an edge makes a job for, if it is one, and the Idempotency-Key of the call. */
export type Asked = { caller: string | null; idempotencyKey: string | null }

/**
 * Makes a job once all that it needs has been checked: the model, the files line by line, the adapter that it begins
 * with. A call with the key of an earlier one gets that one's job, and throws `invalid_request` if it asks for another.
 */
export async function createJob(
  request: CreateJobRequest,
  asked: Asked,
  parts: CreateParts,
): Promise<HeldJob> {
  const id = idFor(asked.idempotencyKey)
  const job = newJob(id, request, {
    organization: asked.caller ?? LOCAL,
    status: 'queued',
    now: Math.floor(parts.now() / 1000),
  })
  const made = await parts.jobs.create(id, async (folder) => {
    const { model, files, adapters } = parts
    if (request.model !== model) {
      const message = `This worker trains '${model}', not '${request.model.slice(0, 128)}'.`
      throw new PlumblineError('model_not_found', message, { param: 'model' })
    }
    const settings = settingsOf(request.method)
    const adapter = 'adapter' in settings ? settings.adapter : null
    if (adapter !== null) await requireAdapter(adapters, adapter, request.method.type)
    for (const param of ['training_file', 'validation_file'] as const) {
      const given = request[param]
      if (given == null) continue
      const path = files.contentPath(findFile(files, asked.caller, given, param))
      const prompts = param === 'training_file' ? leastPrompts(request.method) : 1
      await checkData({ method: request.method.type, path, param, prompts })
      link(path, join(folder, param === 'training_file' ? 'training.jsonl' : 'validation.jsonl'))
    }
    return job
  })
  requireSameJob(made.state.job, job)
  return made
}

/** The edge's own ids stay what they are, so that a job has one id everywhere. */
function idFor(key: string | null): string {
  if (key !== null && jobId.safeParse(key).success) return key
  const digest = createHash('sha256').update(key ?? randomUUID())
  return `ftjob-${digest.digest('hex').slice(0, 24)}`
}

function findFile(files: Files, caller: string | null, id: string, param: string): string {
  try {
    return files.findFor(caller, id).id
  } catch (error) {
    if (!PlumblineError.isInstance(error)) throw error
    throw new PlumblineError(error.code, error.message, { param })
  }
}

/** The job keeps its data though the file be deleted. */
function link(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    throw toStorageError(error)
  }
}

/** Throws what is wrong with the adapter under the name of the hyperparameter. */
async function requireAdapter(root: string, name: string, method: string): Promise<void> {
  try {
    await adapterFolder(root, name)
  } catch (error) {
    if (!PlumblineError.isInstance(error)) throw error
    const param = `method.${method}.hyperparameters.adapter`
    throw new PlumblineError(error.code, error.message, { param, cause: error })
  }
}
