import { PlumblineError } from '../../shared/protocol/error.ts'
import { type FileObject, fileObject } from '../../shared/protocol/files.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Platform } from '../platform/platform.ts'
import { workerOf } from './refresh.ts'
import { askWorker, callWorker, type JobWorker } from './worker-calls.ts'

/** Files that jobs of an organisation left: they lie at the job's worker, and are read from there. */
export type ResultFiles = {
  /** Null where no job of the organisation left such a file. Throws what the worker says. */
  find(organisation: string, id: string): Promise<FileObject | null>
  /** The same of its content, as it comes. */
  content(organisation: string, id: string): Promise<ReadableStream<Uint8Array> | null>
}

export function createResultFiles(platform: Pick<Platform, 'training' | 'config' | 'fetch'>): ResultFiles {
  async function holder(organisation: string, id: string): Promise<JobWorker | null> {
    const jobs = await platform.training.jobs(organisation)
    const stored = jobs.find(({ job }) => job.result_files.includes(id))
    return stored ? workerOf(organisation, stored, platform) : null
  }

  return {
    async find(organisation, id) {
      const worker = await holder(organisation, id)
      return worker && askWorker(worker, { path: `/files/${id}` }, fileObject, platform)
    },
    async content(organisation, id) {
      const worker = await holder(organisation, id)
      if (worker === null) return null
      const call = { path: `/files/${id}/content`, maxReplyBytes: LIMITS.resultFileBytes } as const
      const { body } = await callWorker(worker, call, platform)
      if (body) return body
      throw new PlumblineError('reply_invalid', `The worker of '${worker.entry.id}' sent an empty file.`)
    },
  }
}
