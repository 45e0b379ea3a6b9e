import { PlumblineError } from '../protocol/error.ts'
import type { Trace } from './trace.ts'
import type { Tracer } from './tracer.ts'

/** A request to answer: `route` is the pattern that it met, since its URL may hold ids and keys. */
export type Incoming = { method: string; route: string; traceparent: string | null }

/** Answers a request as a span, which continues the trace that its `traceparent` names. A 5xx is a failed span. */
export function answerWithin(
  tracer: Tracer,
  { method, route, traceparent }: Incoming,
  answer: (trace: Trace) => Promise<{ status: number; error: unknown }>,
): Promise<void> {
  return tracer.begin(
    `${method} ${route}`,
    traceparent,
    async (trace) => {
      const { status, error } = await answer(trace)
      trace.note({ 'http.response.status_code': status })
      if (status >= 500) trace.fail(PlumblineError.isInstance(error) ? error.code : String(status))
    },
    { sort: 'server', attributes: { 'http.request.method': method, 'http.route': route } },
  )
}
