import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import { answerWithin } from '../../shared/telemetry/request-span.ts'
import type { Tracer } from '../../shared/telemetry/tracer.ts'
import type { Edge } from './edge.ts'

/**
 * Answers each request within a span of its caller's trace, or of a new one. Stands behind authentication, so that
 * nobody else decides what is sampled.
 */
export function traceRequests(tracer: Tracer) {
  return createMiddleware<Edge>((c, next) => {
    const traceparent = c.req.header('traceparent') ?? null
    return answerWithin(
      tracer,
      { method: c.req.method, route: routePath(c, -1), traceparent },
      async (trace) => {
        c.set('trace', trace)
        c.set('call', { ...c.get('call'), traceparent: trace.traceparent })
        await next()
        return { status: c.res.status, error: c.error }
      },
    )
  })
}
