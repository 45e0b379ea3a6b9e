import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { type FineTuningJob, isOver } from '../../shared/protocol/fine-tuning.ts'
import { type HeldJob, makeHeldJob, openHeldJob, type Telling } from './held-job.ts'
import { makeFolder } from './keep.ts'
import { noteMissedCheckpoints } from './missed-checkpoints.ts'
import { createQueue, type QueueParts } from './queue.ts'
import { withoutPlaces } from './without-places.ts'

/** A run has this long to keep a checkpoint when the worker is told to end. */
const GRACE_MS = 3000
/** Jobs that may wait at a time. */
const MOST_WAITING = 64

export type JobsParts = QueueParts & {
  /** The folder of all jobs, a folder each. */
  root: string
}

/** The jobs of a worker: kept in folders, and found again by the next worker. */
export type Jobs = {
  /** Throws `job_not_found`. */
  find(id: string): HeldJob
  /** Newest first. */
  all(): HeldJob[]
  /**
   * The job of this id; where there is none, one that `make` writes the data and gives the head of, into the folder
   * that it is given. However many ask at once, it is made once. Throws `overloaded` where too many wait.
   */
  create(id: string, make: (folder: string) => Promise<FineTuningJob>): Promise<HeldJob>
  cancel(job: HeldJob): void
  pause(job: HeldJob): void
  /** Goes on from the last checkpoint with a job that was paused, or that failed. */
  resume(job: HeldJob): void
  close(): Promise<void>
}

/** Finds the jobs of an earlier worker and goes on with those that are not over. */
export function openJobs({ root, ...parts }: JobsParts): Jobs {
  const { now, adapters } = parts
  makeFolder(root)
  const places = { adapters, jobs: root }
  const telling = { now, withoutPlaces: withoutPlaces(places) }
  const queue = createQueue(parts)
  const jobs = new Map(readJobs(root, telling).map((job) => [job.state.job.id, job]))
  const making = new Map<string, Promise<HeldJob>>()
  let closing: Promise<void> | undefined

  for (const job of jobs.values()) {
    const { status } = job.state.job
    // What a run still kept once its job was cancelled is nobody's.
    if (status !== 'cancelled') noteMissedCheckpoints(job, adapters)
    if (status === 'running' && job.state.wanted === 'pause') job.change({ status: 'paused' })
    else if (status === 'running') {
      job.say('The worker was started again.', 'warn')
      job.change({ status: 'queued' })
    }
    if (job.state.job.status === 'queued') queue.add(job)
  }

  async function make(id: string, write: (folder: string) => Promise<FineTuningJob>): Promise<HeldJob> {
    const waiting = [...jobs.values()].filter(({ state }) => state.job.status === 'queued').length
    if (waiting + making.size >= MOST_WAITING) {
      const message = `${MOST_WAITING} jobs are waiting, which is the most: cancel one, or try again later.`
      throw new PlumblineError('overloaded', message, { transient: true })
    }
    const folder = join(root, id)
    try {
      makeFolder(folder)
      const job = makeHeldJob(folder, await write(folder), telling)
      jobs.set(id, job)
      job.say('The job was created.')
      queue.add(job)
      return job
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      throw error
    }
  }

  async function close(): Promise<void> {
    await queue.close(GRACE_MS)
    for (const job of jobs.values()) job.close()
  }

  return {
    find(id) {
      const job = jobs.get(id)
      if (job) return job
      throw new PlumblineError(
        'job_not_found',
        `There is no job '${id.slice(0, 64)}': GET /v1/fine_tuning/jobs lists them.`,
      )
    },
    all: () => newestFirst([...jobs.values()]),
    async create(id, write) {
      const known = jobs.get(id) ?? making.get(id)
      if (known) return known
      const made = make(id, write).finally(() => making.delete(id))
      making.set(id, made)
      return made
    },
    cancel(job) {
      if (job.state.job.status === 'cancelled') return
      requireNotOver(job)
      queue.cancel(job)
    },
    pause(job) {
      requireNotOver(job)
      if (job.state.job.status !== 'paused' && job.state.wanted !== 'pause') queue.pause(job)
    },
    resume(job) {
      const { status } = job.state.job
      if (status !== 'failed') requireNotOver(job)
      job.change({}, { wanted: 'run' })
      if (status !== 'paused' && status !== 'failed') return
      job.change({ status: 'queued', finished_at: null, error: null }, { starts: 0 })
      job.say('The job waits for its turn.')
      queue.add(job)
    },
    close: () => (closing ??= close()),
  }
}

/** Oldest first. A folder without a state is what a create left that was killed; one that can't be read is kept. */
function readJobs(root: string, telling: Telling): HeldJob[] {
  const found: HeldJob[] = []
  for (const name of readdirSync(root).filter((name) => name.startsWith('ftjob-'))) {
    const folder = join(root, name)
    if (!existsSync(join(folder, 'job.json'))) {
      rmSync(folder, { recursive: true, force: true })
      continue
    }
    try {
      found.push(openHeldJob(folder, telling))
    } catch (error) {
      console.error(`The job in ${folder} can't be read and is left out.`, error)
    }
  }
  return newestFirst(found).toReversed()
}

function newestFirst(jobs: HeldJob[]): HeldJob[] {
  const order = ({ state: { job } }: HeldJob) => `${String(job.created_at).padStart(12, '0')} ${job.id}`
  return jobs.toSorted((a, b) => (order(a) < order(b) ? 1 : -1))
}

function requireNotOver({ state: { job } }: HeldJob): void {
  if (!isOver(job.status)) return
  throw new PlumblineError('job_over', `The job is ${job.status}, which is its end: create another one.`)
}
