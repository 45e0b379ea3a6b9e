import type { MiddlewareHandler } from 'hono'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Served } from './life.ts'

/**
 * Lets in at most `places` requests at a time and refuses the rest with `overloaded` at once, so that nobody
 * waits in line for longer than their own deadline. A place is held for the life of the request.
 */
export function admit(places: number): MiddlewareHandler<Served> {
  let inside = 0
  return async (c, next) => {
    if (inside >= places) {
      throw new PlumblineError(
        'overloaded',
        `The worker has ${places} requests in hand: try again in a moment.`,
        { transient: true },
      )
    }
    inside++
    c.get('life').onEnd(() => inside--)
    await next()
  }
}
