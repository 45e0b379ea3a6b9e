import { setTimeout as sleep } from 'node:timers/promises'
import { createParser } from 'eventsource-parser'
import * as z from 'zod'
import {
  type FineTuningJob,
  fineTuningJob,
  isOver,
  type JobEvent,
  jobEvent,
} from '../../shared/protocol/fine-tuning.ts'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { openStream, Refusal, reading, type Service, Unreachable } from '../client.ts'
import { eventsPath, fetchJob, listEvents } from './jobs.ts'

/** Who is told what a job does. */
export type Listener = {
  /** The job as it stands: first of all, now and then, and at the end. */
  job(job: FineTuningJob): void
  event(event: JobEvent): void
  /** The service does not answer, in a sentence; it is tried again. */
  lost(why: string): void
}

/**
 * How long a service that went away is waited for, how long a stream may say nothing before it is opened anew, and how
 * often the job is read while it says something, ms.
 */
const PATIENCE = { away: 10 * 60_000, silent: 90_000, job: 10_000 }
/** Between two tries, ms: it doubles up to the most. */
const WAIT = { least: 500, most: 10_000 }

/**
 * Follows a job until it is over, from its first event on, and gives it as it ended. A stream that breaks off is opened
 * again after the last event that came, and a service that is restarted is waited for. Throws a `Failure`.
 */
export async function followJob(
  service: Service,
  id: string,
  listener: Listener,
  signal: AbortSignal,
): Promise<FineTuningJob> {
  let after: string | null = null
  let lostAt: number | null = null
  let wait = WAIT.least
  const hear = (event: JobEvent) => {
    after = event.id
    lostAt = null
    wait = WAIT.least
    listener.event(event)
  }
  const asking = { signal, onWait: (why: string) => listener.lost(why) }
  const look = async () => {
    const job = await fetchJob(service, id, asking)
    listener.job(job)
    return job
  }
  for (;;) {
    try {
      const job = await look()
      lostAt = null
      // what an earlier stream did not bring, and all of a job that is over
      for await (const event of listEvents(service, id, after, asking)) hear(event)
      if (isOver(job.status)) return job
      await hearStream(service, id, after, { event: hear, job: listener.job, look: rarely(look) }, signal)
    } catch (error) {
      if (!mayComeBack(error)) throw error
      lostAt ??= performance.now()
      if (performance.now() - lostAt > PATIENCE.away) throw error
      listener.lost(error.message)
    }
    await sleep(wait, undefined, { signal })
    wait = Math.min(2 * wait, WAIT.most)
  }
}

function mayComeBack(error: unknown): error is Unreachable | Refusal {
  return error instanceof Unreachable || (error instanceof Refusal && error.status >= 500)
}

/** Reads server-sent events until the stream ends or falls silent. */
async function hearStream(
  service: Service,
  id: string,
  after: string | null,
  { event, job, look }: Pick<Listener, 'event' | 'job'> & { look: () => Promise<unknown> },
  signal: AbortSignal,
): Promise<void> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), PATIENCE.silent)
  try {
    const request = {
      path: `${eventsPath(id)}?stream=true`,
      headers: { accept: 'text/event-stream', ...(after === null ? {} : { 'last-event-id': after }) },
    }
    const either = AbortSignal.any([signal, silence.signal])
    const body = await openStream(service, request, either)
    const parser = createParser({
      onEvent({ data }) {
        const told = z.union([jobEvent, fineTuningJob]).safeParse(jsonOrNull(data)).data
        if (told?.object === 'fine_tuning.job') job(told)
        else if (told) event(told)
      },
    })
    const decoder = new TextDecoder()
    await reading(service, either, async () => {
      for await (const chunk of body) {
        timer.refresh()
        parser.feed(decoder.decode(chunk, { stream: true }))
        await look()
      }
    })
  } catch (error) {
    signal.throwIfAborted()
    if (!silence.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
  }
}

/** The work, done at once and then where so much time has passed. */
function rarely(work: () => Promise<unknown>): () => Promise<unknown> {
  let next = 0
  return async () => {
    if (performance.now() < next) return
    await work()
    next = performance.now() + PATIENCE.job
  }
}
