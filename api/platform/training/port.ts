import type { FileObject } from '../../../shared/protocol/files.ts'
import type { CreateJobRequest, FineTuningJob, JobEvent } from '../../../shared/protocol/fine-tuning.ts'

/** A job as the edge keeps it: what was asked for, where it was sent and what its worker last said of it. */
export type StoredJob = {
  request: CreateJobRequest
  /** The id of the API key that asked for it. */
  apiKey: string
  /** The id of the model entry whose worker trains. */
  entry: string
  /** The base URL that took it; null while none has. */
  url: string | null
  job: FineTuningJob
}

/**
 * What the edge keeps of training: each organisation's files, jobs and their events. One store holds all of an
 * organisation, and every call is one transaction, so that whoever reads sees the last write.
 */
export type TrainingRecords = {
  /** A part of a file's text, from 0. The file is there once `keepFile` says so. */
  keepPart(organisation: string, id: string, part: number, text: string): Promise<null>
  keepFile(organisation: string, file: FileObject): Promise<null>
  file(organisation: string, id: string): Promise<FileObject | null>
  /** Newest first. */
  files(organisation: string): Promise<FileObject[]>
  /** Null beyond the last part. */
  part(organisation: string, id: string, part: number): Promise<string | null>
  /** Whether there was such a file. */
  deleteFile(organisation: string, id: string): Promise<boolean>

  /** Files a job unless there is one of its id, and gives the one that lies there now. */
  addJob(organisation: string, job: StoredJob): Promise<StoredJob>
  job(organisation: string, id: string): Promise<StoredJob | null>
  /** Newest first. */
  jobs(organisation: string): Promise<StoredJob[]>
  /** Replaces what is kept of a job; nothing where there is none. */
  updateJob(organisation: string, job: StoredJob): Promise<null>
  removeJob(organisation: string, id: string): Promise<null>

  /** Adds events under their numbers; those that are there stay as they are. */
  addEvents(organisation: string, job: string, events: readonly JobEvent[]): Promise<null>
  /** The highest number of a job's events; 0 where it has none. */
  lastEvent(organisation: string, job: string): Promise<number>
  /** `count` events beyond the number `after` in the order asked for; null begins at the end that comes first. */
  events(organisation: string, job: string, ask: EventsAsked): Promise<JobEvent[]>
}

export type EventsAsked = { after: number | null; count: number; order: 'asc' | 'desc' }

/** The number in an event's id; null where it is no such id. */
export function eventNumber(id: string): number | null {
  const [, digits] = /^ftevent-[0-9a-f]{8}-(\d{8})$/.exec(id) ?? []
  return digits === undefined ? null : Number(digits)
}
