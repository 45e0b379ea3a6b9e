import type { MiddlewareHandler } from 'hono'
import { DEADLINE_HEADER, readDeadline } from '../../shared/protocol/deadline.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Served } from './life.ts'

/**
 * `X-Deadline-Ms`: how long the caller waits. Then the answer is `deadline_exceeded`, or the last event of a
 * stream that has begun, and the work is given up.
 */
export const deadline: MiddlewareHandler<Served> = async (c, next) => {
  const milliseconds = readDeadline(c.req.header(DEADLINE_HEADER))
  if (milliseconds === null) return next()
  const life = c.get('life')
  const passed = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      const error = tooLate(milliseconds)
      life.stop(error)
      reject(error)
    }, milliseconds)
    life.onEnd(() => clearTimeout(timer))
  })
  // The work may take a while to notice that it is given up; the caller is told on time.
  await Promise.race([next(), passed])
}

function tooLate(milliseconds: number): PlumblineError {
  return new PlumblineError(
    'deadline_exceeded',
    `The deadline of ${milliseconds} ms passed before the worker was done: allow more time or ask for less.`,
    { transient: true },
  )
}
