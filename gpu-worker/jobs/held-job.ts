import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FineTuningJob, JobCheckpoint, JobEvent } from '../../shared/protocol/fine-tuning.ts'
import { type EventLog, openEventLog } from './event-log.ts'
import { keepText, makeFolder } from './keep.ts'
import type { WithoutPlaces } from './without-places.ts'

/** All that is kept of a job beside its events, its data and what its run keeps. */
export type JobState = {
  job: FineTuningJob
  /** What becomes of a run under way at the end of its step. */
  wanted: 'run' | 'pause'
  /** Times that it was begun since a checkpoint was last kept: a job that ends its worker each time is given up. */
  starts: number
  /** Those that are still kept, newest first. */
  checkpoints: JobCheckpoint[]
}

/** A job and its folder. */
export type HeldJob = {
  readonly folder: string
  readonly log: EventLog
  readonly state: Readonly<JobState>
  /** Changes the job, and keeps it unless it is only its progress, which a run tells anew. */
  change(job: Partial<FineTuningJob>, rest?: Partial<Omit<JobState, 'job'>>): void
  progress(job: Pick<FineTuningJob, 'progress' | 'estimated_finish' | 'trained_tokens'>): void
  say(message: string, level?: JobEvent['level']): void
  /** Calls back after each change and each event until the function that it gives is called. */
  watch(listener: () => void): () => void
  close(): void
}

/** What a job needs to tell of itself. */
export type Telling = {
  /** Unix time, milliseconds. */
  now(): number
  withoutPlaces: WithoutPlaces
}

const STATE = 'job.json'

/** A new job in a folder of its own, which is made whole or not at all. Throws `storage_full`. */
export function makeHeldJob(folder: string, job: FineTuningJob, telling: Telling): HeldJob {
  makeFolder(folder)
  const state: JobState = { job, wanted: 'run', starts: 0, checkpoints: [] }
  keepText(join(folder, STATE), JSON.stringify(state))
  return hold(folder, state, telling)
}

/** The job in a folder. Throws where its state can't be read. */
export function openHeldJob(folder: string, telling: Telling): HeldJob {
  return hold(folder, JSON.parse(readFileSync(join(folder, STATE), 'utf8')), telling)
}

function hold(folder: string, kept: JobState, { now, withoutPlaces }: Telling): HeldJob {
  const log = openEventLog(join(folder, 'events.jsonl'), kept.job.id)
  const listeners = new Set<() => void>()
  let state = kept
  const tellAll = () => {
    for (const listener of listeners) listener()
  }
  const stopWatching = log.watch(tellAll)
  const seconds = () => Math.floor(now() / 1000)
  /** Callers are told no path of the worker's; its log is. */
  const tellable = (message: string) => {
    const told = withoutPlaces(message)
    if (told !== message) console.error(`${kept.job.id}: ${message}`)
    return told
  }
  return {
    folder,
    log,
    get state() {
      return { ...state, job: { ...state.job, refreshed_at: seconds() } }
    },
    change(job, rest = {}) {
      const told = job.error ? { error: { ...job.error, message: tellable(job.error.message) } } : {}
      state = { ...state, ...rest, job: { ...state.job, ...job, ...told } }
      try {
        keepText(join(folder, STATE), JSON.stringify(state))
      } catch (error) {
        // What is in memory still holds, and the next change is kept with it.
        console.error(error)
      }
      tellAll()
    },
    progress(job) {
      state = { ...state, job: { ...state.job, ...job } }
      tellAll()
    },
    say: (message, level = 'info') =>
      log.append({ created_at: seconds(), level, message: tellable(message), type: 'message', data: null }),
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close() {
      stopWatching()
      log.close()
    },
  }
}
