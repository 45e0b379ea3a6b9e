import { EventSourceParserStream } from 'eventsource-parser/stream'
import type * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { fineTuningJob, isOver, type JobEvent, jobEvent } from '../../shared/protocol/fine-tuning.ts'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Platform } from '../platform/platform.ts'
import { eventNumber, type StoredJob } from '../platform/training/port.ts'
import { pauseFor } from '../waiting/pause.ts'
import { eventId } from './events.ts'
import { refresh, seenFromEdge, workerOf } from './refresh.ts'
import { callWorker } from './worker-calls.ts'

/** What a listener is sent: an event of the job, or the job itself. */
export type Told = { event: 'message' | 'metrics' | 'job'; id?: string; data: string }

/**
 * Tells the events of a job after a number, kept ones first and then as its worker tells them, and the job whenever its
 * status changes, to the job's end. A worker that can't be reached is asked again and again, however long that takes.
 */
export async function tellEvents(
  organisation: string,
  first: StoredJob,
  after: number,
  { tell, signal }: { tell: (told: Told) => Promise<unknown>; signal: AbortSignal },
  platform: Platform,
): Promise<void> {
  const { training } = platform
  const { id } = first.job
  let number = after
  let shown = ''
  let stored = first

  const tellEvent = async (event: JobEvent) => {
    number = Math.max(number, eventNumber(event.id) ?? 0)
    await tell({ event: event.type, id: event.id, data: JSON.stringify(event) })
  }
  const tellJob = async () => {
    if (stored.job.status !== shown) await tell({ event: 'job', data: JSON.stringify(stored.job) })
    shown = stored.job.status
  }

  for (let wait: number = LIMITS.streamRetryMs; !signal.aborted; ) {
    const count = LIMITS.jobEventsTaken
    for (const event of await training.events(organisation, id, { after: number, count, order: 'asc' })) {
      await tellEvent(event)
    }
    try {
      await listen(async (name, data) => {
        wait = LIMITS.streamRetryMs
        if (name === 'job') {
          stored = { ...stored, job: seenFromEdge(readOr(fineTuningJob, data), stored, platform) }
          await training.updateJob(organisation, stored)
          return tellJob()
        }
        const event = readOr(jobEvent, data)
        await training.addEvents(organisation, id, [event])
        await tellEvent(event)
      })
    } catch (error) {
      if (signal.aborted) return
      if (!PlumblineError.isInstance(error)) throw error
      stored = await refresh(organisation, stored, platform)
    }
    await tellJob()
    if (isOver(stored.job.status)) return
    await pauseFor(wait, signal)
    wait = Math.min(wait * 2, LIMITS.streamRetryMostMs)
  }

  /** The worker's own stream, from the event beyond the last that was told. */
  async function listen(hear: (name: string | undefined, data: unknown) => Promise<void>): Promise<void> {
    const headers: Record<string, string> = number === 0 ? {} : { 'last-event-id': eventId(id, number) }
    const path = `/fine_tuning/jobs/${id}/events?stream=true` as const
    const call = { path, headers, timeoutMs: LIMITS.streamMs, signal }
    const { body } = await callWorker(workerOf(organisation, stored, platform), call, platform)
    if (body === null) return
    const reader = body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream())
      .getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      await hear(next.value.event, jsonOrNull(next.value.data))
    }
  }
}

function readOr<T>(schema: z.ZodType<T>, data: unknown): T {
  const read = schema.safeParse(data)
  if (read.success) return read.data
  throw new PlumblineError('reply_invalid', 'The worker sent what is no event of a job.')
}
