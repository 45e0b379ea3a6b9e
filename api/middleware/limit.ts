import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Edge } from './edge.ts'

/**
 * Refuses bodies that are too large: by their Content-Length before a byte is read, else while counting. A
 * length that is given is decided on here, since looking at the body makes Node build a stream for it, which
 * costs more than a cached judgment.
 */
export const limitBody = createMiddleware<Edge>(async (c, next) => {
  const length = c.req.header('content-length')
  if (length === undefined || c.req.header('transfer-encoding') !== undefined) return countBody(c, next)
  if (Number(length) > LIMITS.bodyBytes) throw tooLarge()
  await next()
})

const countBody = bodyLimit({
  maxSize: LIMITS.bodyBytes,
  onError: () => {
    throw tooLarge()
  },
})

function tooLarge(): PlumblineError {
  return new PlumblineError(
    'body_too_large',
    `The body is larger than ${LIMITS.bodyBytes} bytes: send shorter texts or fewer of them.`,
  )
}
