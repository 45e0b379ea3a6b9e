import { PlumblineError } from '../../shared/protocol/error.ts'
import { type JobEvent, jobEvent, pageOf } from '../../shared/protocol/fine-tuning.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Platform } from '../platform/platform.ts'
import type { EventsAsked, StoredJob } from '../platform/training/port.ts'
import { workerOf } from './refresh.ts'
import { askWorker } from './worker-calls.ts'

/** The events of jobs: taken over from their workers and kept. */
export type Events = {
  /** A page of what is kept, once what the worker has beyond it was taken over; alone where it can't be asked. */
  page(
    organisation: string,
    stored: StoredJob,
    ask: EventsAsked,
  ): Promise<{ data: JobEvent[]; has_more: boolean }>
}

const page = pageOf(jobEvent)

export function createEvents(platform: Platform): Events {
  const { training } = platform

  /** Takes over what the worker has beyond what is kept, in a few calls at most. */
  async function takeOver(organisation: string, stored: StoredJob): Promise<void> {
    const { id } = stored.job
    if (stored.url === null) return
    const worker = workerOf(organisation, stored, platform)
    let last = await training.lastEvent(organisation, id)
    for (let calls = 0; calls < LIMITS.jobEventCalls; calls++) {
      const after = last === 0 ? '' : `&after=${eventId(id, last)}`
      const path = `/fine_tuning/jobs/${id}/events?order=asc&limit=${LIMITS.jobEventsTaken}${after}` as const
      const { data, has_more } = await askWorker(
        worker,
        { path, timeoutMs: LIMITS.jobAnswerMs },
        page,
        platform,
      )
      await training.addEvents(organisation, id, data)
      last += data.length
      if (!has_more || data.length === 0) return
    }
  }

  return {
    async page(organisation, stored, ask) {
      await takeOver(organisation, stored).catch((error: unknown) => {
        if (!PlumblineError.isInstance(error)) throw error
      })
      const found = await training.events(organisation, stored.job.id, { ...ask, count: ask.count + 1 })
      return { data: found.slice(0, ask.count), has_more: found.length > ask.count }
    },
  }
}

/** The id that the event with a number has. */
export function eventId(job: string, number: number): string {
  return `ftevent-${job.replace('ftjob-', '').slice(0, 8)}-${String(number).padStart(8, '0')}`
}
