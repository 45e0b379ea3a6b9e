import { isOver } from '../../shared/protocol/fine-tuning.ts'
import { type FollowParts, follow } from './follow.ts'
import type { HeldJob } from './held-job.ts'
import { noteMissedCheckpoints } from './missed-checkpoints.ts'
import type { Published } from './publish.ts'
import type { StartTraining, TrainingEnd, TrainingRun } from './training.ts'

/** A job that ends its thread or its worker so often without a checkpoint between is given up. */
const MOST_STARTS = 3

export type QueueParts = {
  start: StartTraining
  /** The folder of adapters. */
  adapters: string
  keepResult: FollowParts['keepResult']
  /** Serves what a job trained, by role, and gives the names of the models and what is to be said of them. */
  publish(job: HeldJob, adapters: Record<string, string>): Promise<Published>
  /** Unix time, milliseconds. */
  now(): number
}

/** Runs one job at a time, in the order in which they came. */
export type Queue = {
  add(job: HeldJob): void
  pause(job: HeldJob): void
  cancel(job: HeldJob): void
  /** Has the run under way keep a checkpoint, and ends it. Its job is found as running by the next worker. */
  close(graceMs: number): Promise<void>
}

export function createQueue({ start, publish, adapters, keepResult, now }: QueueParts): Queue {
  const waiting: HeldJob[] = []
  let current: { job: HeldJob; run: TrainingRun } | null = null
  let closed = false
  const seconds = () => Math.floor(now() / 1000)

  function next(): void {
    if (current || closed) return
    const job = waiting.shift()
    if (job) void run(job)
  }

  async function run(job: HeldJob): Promise<void> {
    job.change({ status: 'running' }, { starts: job.state.starts + 1 })
    const { method, validation_file } = job.state.job
    const order = { folder: job.folder, method, validation: validation_file !== null }
    const training = start(order, follow(job, { now, adapters, keepResult }))
    current = { job, run: training }
    await settle(job, await training.ended)
    current = null
    next()
  }

  async function settle(job: HeldJob, end: TrainingEnd): Promise<void> {
    if (closed || isOver(job.state.job.status)) return
    if (end.kind === 'finished') return finish(job, end.adapters)
    if (end.kind === 'failed') return fail(job, end.error)
    if (end.kind === 'died') {
      noteMissedCheckpoints(job, adapters)
      if (job.state.starts >= MOST_STARTS) return fail(job, givenUp(end.reason))
      job.say(`The run broke off (${end.reason}) and goes on from its last checkpoint.`, 'warn')
      return again(job)
    }
    if (job.state.wanted === 'run') return again(job)
    job.change({ status: 'paused', estimated_finish: null })
    job.say('Paused.')
  }

  function again(job: HeldJob): void {
    job.change({ status: 'queued' })
    waiting.unshift(job)
  }

  async function finish(job: HeldJob, adapters: Record<string, string>): Promise<void> {
    const { models, said } = await publish(job, adapters)
    if (closed || isOver(job.state.job.status)) return
    const [first = null] = Object.values(models)
    const over = { status: 'succeeded', finished_at: seconds(), estimated_finish: null } as const
    job.change({ ...over, fine_tuned_model: first, fine_tuned_models: models })
    for (const { message, level } of said) job.say(message, level)
    job.say('The job succeeded.')
  }

  function fail(job: HeldJob, { code, message }: { code: string; message: string }): void {
    const error = { code, message, param: null }
    job.change({ status: 'failed', finished_at: seconds(), estimated_finish: null, error })
    job.say(message, 'error')
  }

  function leave(job: HeldJob): void {
    const at = waiting.indexOf(job)
    if (at >= 0) waiting.splice(at, 1)
  }

  return {
    add(job) {
      if (job.state.starts >= MOST_STARTS) return fail(job, givenUp('the worker itself ended each time'))
      waiting.push(job)
      next()
    },
    pause(job) {
      leave(job)
      if (current?.job === job) {
        job.change({}, { wanted: 'pause' })
        job.say('Pausing once the step under way is done.')
        current.run.pause()
      } else {
        job.change({ status: 'paused', estimated_finish: null }, { wanted: 'pause' })
        job.say('Paused.')
      }
    },
    cancel(job) {
      leave(job)
      job.change({ status: 'cancelled', finished_at: seconds(), estimated_finish: null })
      job.say('Cancelled.')
      if (current?.job === job) current.run.cancel()
    },
    async close(graceMs) {
      closed = true
      if (!current) return
      const { job, run: training } = current
      training.pause()
      const timer = setTimeout(() => void training.kill(), graceMs)
      await training.ended
      clearTimeout(timer)
      // That its worker was told to end is no fault of the job's, whether or not a checkpoint was in time.
      job.change({}, { starts: Math.max(0, job.state.starts - 1) })
    },
  }
}

function givenUp(reason: string) {
  return {
    code: 'internal',
    message: `The run broke off ${MOST_STARTS} times without a checkpoint between (${reason}): see the worker's log, and try a smaller batch_tokens, or recompute: "layers".`,
  }
}
