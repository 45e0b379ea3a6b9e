import { PlumblineError } from '../../shared/protocol/error.ts'
import { type FileObject, fileObject } from '../../shared/protocol/files.ts'
import { baseUrls } from '../models/model-config.ts'
import type { Platform } from '../platform/platform.ts'
import type { StoredJob } from '../platform/training/port.ts'
import type { Files } from './files.ts'
import { askJob, seenFromEdge, workerOf } from './refresh.ts'
import { askWorker, type JobWorker } from './worker-calls.ts'

/** How long a worker keeps a file that it was sent for a job, whose data it then has, seconds. */
const FILE_STAYS = 3600

/**
 * Sends a job to the first of its worker's base URLs that answers, its files before it, and keeps what is answered. The
 * job's id is the key of the call, so that a worker that was sent it twice has it once.
 */
export async function dispatch(
  organisation: string,
  stored: StoredJob,
  files: Files,
  platform: Platform,
): Promise<StoredJob> {
  const { entry } = workerOf(organisation, stored, platform)
  for (const url of baseUrls(entry)) {
    try {
      return await sendTo({ entry, url, organisation }, stored, files, platform)
    } catch (error) {
      const next = PlumblineError.isInstance(error) && error.code === 'model_unreachable'
      if (!next || url === baseUrls(entry).at(-1)) throw error
    }
  }
  throw new Error('an entry has a base URL')
}

async function sendTo(
  worker: JobWorker,
  stored: StoredJob,
  files: Files,
  platform: Platform,
): Promise<StoredJob> {
  const { request, job } = stored
  for (const id of [request.training_file, request.validation_file]) {
    const file = id == null ? null : await files.find(worker.organisation, id)
    // One that the edge has not may have been sent straight to the worker, which says so if it was not.
    if (file) await sendFile(worker, file, files, platform)
  }
  const call = {
    path: '/fine_tuning/jobs',
    body: JSON.stringify({ ...request, model: worker.entry.model }),
    headers: { 'idempotency-key': job.id },
  } as const
  const sentTo = { ...stored, url: worker.url }
  const answer = await askJob(worker.organisation, sentTo, call, platform)
  const taken = { ...sentTo, job: seenFromEdge(answer, stored, platform) }
  await platform.training.updateJob(worker.organisation, taken)
  return taken
}

async function sendFile(
  worker: JobWorker,
  file: FileObject,
  files: Files,
  platform: Platform,
): Promise<void> {
  const body = new FormData()
  body.set('purpose', file.purpose)
  body.set('expires_after[anchor]', 'created_at')
  body.set('expires_after[seconds]', String(FILE_STAYS))
  body.set('file', await files.content(worker.organisation, file.id), file.filename)
  await askWorker(worker, { path: '/files', body }, fileObject, platform)
}
