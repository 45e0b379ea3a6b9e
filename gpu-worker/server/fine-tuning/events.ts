import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { eventsQuery, isOver } from '../../../shared/protocol/fine-tuning.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import type { HeldJob } from '../../jobs/held-job.ts'
import type { Jobs } from '../../jobs/jobs.ts'

/** A comment goes down a silent event stream this often, so that proxies keep it open. */
const PULSE_MS = 15_000
/** Events that are read from the disk at a time. */
const READ = 100

/** `GET /v1/fine_tuning/jobs/{id}/events`: a page, or the events as they come. */
export function jobEvents(c: Context, jobs: Jobs): Response {
  const job = jobs.find(c.req.param('id') ?? '')
  const { after, limit, order, stream } = parseWith(eventsQuery, c.req.query())
  const last = c.req.header('last-event-id') || after
  if (stream === 'true' || stream === '1') return streamEvents(c, job, numberOf(job, last) ?? 0)
  return c.json({ object: 'list', ...job.log.page({ after: numberOf(job, after), count: limit, order }) })
}

function numberOf({ log }: HeldJob, id: string | undefined): number | null {
  if (id === undefined) return null
  const number = log.numberOf(id)
  if (number !== null && number <= log.length) return number
  throw new PlumblineError('invalid_request', "'after' must be the id of an event of this job.", {
    param: 'after',
  })
}

/**
 * The events after a number as `message` and `metrics`, each with its id, and the job itself as `job` at first and
 * whenever its status changes. Ends with a job that is over.
 */
function streamEvents(c: Context, job: HeldJob, after: number): Response {
  return streamSSE(c, async (stream) => {
    let shown = ''
    let number = after
    let wake = () => {}
    const stop = job.watch(() => wake())
    const pulse = setInterval(() => void stream.write(': still training\n\n'), PULSE_MS)
    stream.onAbort(() => wake())
    try {
      while (!stream.aborted) {
        const changed = new Promise<void>((resolve) => {
          wake = resolve
        })
        const { job: now } = job.state
        const { data } = job.log.page({ after: number, count: READ, order: 'asc' })
        for (const event of data) {
          await stream.writeSSE({ event: event.type, id: event.id, data: JSON.stringify(event) })
        }
        number += data.length
        const behind = number < job.log.length
        if (now.status !== shown && !behind) {
          shown = now.status
          await stream.writeSSE({ event: 'job', data: JSON.stringify(now) })
          if (isOver(now.status)) return
        }
        if (!behind) await changed
      }
    } finally {
      clearInterval(pulse)
      stop()
    }
  })
}
