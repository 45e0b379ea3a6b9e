import type { MiddlewareHandler } from 'hono'
import { PlumblineError } from '../../shared/protocol/error.ts'

/**
 * Lets in at most `places` requests at a time and refuses the rest with `overloaded` at once, so that nobody
 * waits in line for longer than their own deadline. A place is held until the answer's body has been sent
 * or the caller has hung up.
 */
export function admit(places: number): MiddlewareHandler {
  let inside = 0
  return async (c, next) => {
    if (inside >= places) {
      throw new PlumblineError(
        'overloaded',
        `The worker has ${places} requests in hand: try again in a moment.`,
      )
    }
    inside++
    let held = true
    const leave = () => {
      if (held) inside--
      held = false
    }
    try {
      await next()
    } catch (reason) {
      // what a hung-up request's signal throws is no Error, which Hono hands on
      leave()
      throw reason
    }
    if (c.res.body === null) return leave()
    c.req.raw.signal.addEventListener('abort', leave)
    c.res = new Response(c.res.body.pipeThrough(new TransformStream({ flush: leave })), c.res)
  }
}
