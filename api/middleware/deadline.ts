import { createMiddleware } from 'hono/factory'
import { DEADLINE_HEADER, readDeadline } from '../../shared/protocol/deadline.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { within } from '../waiting/within.ts'
import type { Edge } from './edge.ts'

/** `X-Deadline-Ms`: how long the caller waits. The work goes on after it, and the same call collects it. */
export const deadline = createMiddleware<Edge>(async (c, next) => {
  const milliseconds = readDeadline(c.req.header(DEADLINE_HEADER))
  if (milliseconds === null) return next()
  if ((await within(next(), milliseconds)) === null) throw tooLate(milliseconds)
})

function tooLate(milliseconds: number): PlumblineError {
  return new PlumblineError(
    'deadline_exceeded',
    `The deadline of ${milliseconds} ms passed, but the judgment goes on: repeat the call to collect it.`,
  )
}
