import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Tally } from '../metrics/tally.ts'
import type { Edge } from './edge.ts'

/** Counts each call by its route and status, and its error by code. */
export function countRequests(tally: Tally) {
  return createMiddleware<Edge>(async (c, next) => {
    await next()
    tally.request(c.req.method, routePath(c, -1), c.res.status)
    if (c.error) tally.error(PlumblineError.isInstance(c.error) ? c.error.code : 'internal')
  })
}
