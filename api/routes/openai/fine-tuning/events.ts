import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { PlumblineError } from '../../../../shared/protocol/error.ts'
import { eventsQuery } from '../../../../shared/protocol/fine-tuning.ts'
import { parseWith } from '../../../../shared/protocol/parse.ts'
import type { Edge } from '../../../middleware/edge.ts'
import { LIMITS } from '../../../platform/limits.ts'
import type { Platform } from '../../../platform/platform.ts'
import { eventNumber, type StoredJob } from '../../../platform/training/port.ts'
import { tellEvents } from '../../../training/event-stream.ts'
import { createEvents, eventId } from '../../../training/events.ts'
import type { Jobs } from '../../../training/jobs.ts'

/** `GET /{id}/events`: a page, or the events as they come. */
export function eventRoutes(jobs: Jobs, platform: Platform) {
  const events = createEvents(platform)

  return new Hono<Edge>().get('/:id/events', async (c) => {
    const { organisation } = c.get('call')
    const { after, limit, order, stream } = parseWith(eventsQuery, c.req.query())
    const stored = await jobs.require(organisation, c.req.param('id'))
    if (stream === 'true' || stream === '1') {
      const last = c.req.header('last-event-id') || after
      return streamEvents(c, stored, numberOf(stored, last) ?? 0)
    }
    const ask = { after: numberOf(stored, after), count: limit, order }
    return c.json({ object: 'list', ...(await events.page(organisation, stored, ask)) })
  })

  function streamEvents(c: Context<Edge>, stored: StoredJob, after: number): Response {
    const { organisation } = c.get('call')
    return streamSSE(c, async (stream) => {
      const left = new AbortController()
      stream.onAbort(() => left.abort())
      const pulse = setInterval(() => void stream.write(': still training\n\n'), LIMITS.streamPulseMs)
      const listener = { tell: stream.writeSSE.bind(stream), signal: left.signal }
      try {
        await tellEvents(organisation, stored, after, listener, platform)
      } finally {
        clearInterval(pulse)
      }
    })
  }
}

function numberOf({ job }: StoredJob, id: string | undefined): number | null {
  if (id === undefined) return null
  const number = eventNumber(id)
  if (number !== null && eventId(job.id, number) === id) return number
  throw new PlumblineError('invalid_request', "'after' must be the id of an event of this job.", {
    param: 'after',
  })
}
