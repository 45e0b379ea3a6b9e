import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Edge } from './edge.ts'

/**
 * Refuses bodies that are too large: by their Content-Length before they are kept, else while counting. A
 * length that is given is decided on here, since looking at the body makes Node build a stream for it, which
 * costs more than a cached judgment. `way` says what to do about a body that is too large by so many times.
 */
export function limitBody(
  maxBytes: number,
  way: (times: number, path: string) => string = () => 'send shorter texts or fewer of them',
) {
  const refuse = (times: number, path: string) => {
    throw new PlumblineError(
      'body_too_large',
      `The body is larger than ${maxBytes} bytes: ${way(times, path)}.`,
    )
  }
  const countBody = bodyLimit({ maxSize: maxBytes, onError: (c) => refuse(2, c.req.path) })
  return createMiddleware<Edge>(async (c, next) => {
    const length = c.req.header('content-length')
    if (length === undefined || c.req.header('transfer-encoding') !== undefined) return countBody(c, next)
    if (Number(length) > maxBytes) {
      await passOver(c.req.raw.body)
      refuse(Math.ceil(Number(length) / maxBytes), c.req.path)
    }
    await next()
  })
}

/** Lets a body go by: most clients read no answer before all of theirs is sent. Gives up on the very large. */
async function passOver(body: ReadableStream<Uint8Array> | null): Promise<void> {
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > LIMITS.passedOverBytes) return
  }
}
