import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import { answerWithin } from '../../shared/telemetry/request-span.ts'
import { readTraceSettings } from '../../shared/telemetry/settings.ts'
import { soon } from '../../shared/telemetry/soon.ts'
import { createTracer, type TraceEffects, type Tracer } from '../../shared/telemetry/tracer.ts'
import type { Served } from './life.ts'

const SEND_EVERY_MS = 1000

/** The worker's tracer, or null where no collector is configured. Throws `not_configured` for a wrong value. */
export function openTracer(
  environment: Readonly<Record<string, string | undefined>>,
  fetch: TraceEffects['fetch'] = globalThis.fetch,
): Tracer | null {
  const settings = readTraceSettings((name) => environment[name], 'plumbline-worker')
  if (settings === null) return null
  return createTracer(settings, {
    fetch,
    deliver: soon((send) => setTimeout(send, SEND_EVERY_MS)),
    now: () => performance.timeOrigin + performance.now(),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    complain: console.error,
  })
}

/** Answers each request within a span of the edge's trace, or of whoever calls. */
export function traceRequests(tracer: Tracer) {
  return createMiddleware<Served>((c, next) => {
    const traceparent = c.req.header('traceparent') ?? null
    return answerWithin(
      tracer,
      { method: c.req.method, route: routePath(c, -1), traceparent },
      async (trace) => {
        c.set('trace', trace)
        await next()
        return { status: c.res.status, error: c.error }
      },
    )
  })
}
