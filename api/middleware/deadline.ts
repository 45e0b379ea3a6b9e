import { createMiddleware } from 'hono/factory'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Edge } from './edge.ts'

/** `X-Deadline-Ms`: how long the caller waits. The work goes on after it, and the same call collects it. */
export const deadline = createMiddleware<Edge>(async (c, next) => {
  const header = c.req.header('x-deadline-ms')
  if (header === undefined) return next()
  const milliseconds = Number(header)
  if (!Number.isInteger(milliseconds) || milliseconds < 1 || milliseconds > LIMITS.deadlineMs) {
    throw new PlumblineError(
      'invalid_request',
      `'X-Deadline-Ms' must be a whole number from 1 to ${LIMITS.deadlineMs}.`,
      {
        param: 'X-Deadline-Ms',
      },
    )
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooLate(milliseconds)), milliseconds)
  })
  try {
    await Promise.race([next(), passed])
  } finally {
    clearTimeout(timer)
  }
})

function tooLate(milliseconds: number): PlumblineError {
  return new PlumblineError(
    'deadline_exceeded',
    `The deadline of ${milliseconds} ms passed, but the judgment goes on: repeat the call to collect it.`,
  )
}
