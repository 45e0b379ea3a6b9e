import { waitUntil } from 'cloudflare:workers'
import type { Tracer } from '../../../shared/telemetry/tracer.ts'
import type { Environment } from '../config.ts'
import { openTracer } from '../tracing.ts'

/** A tracer that sends its spans behind the answer that they belong to, since no timer outlives a request here. */
export function workersTracer(environment: Environment): Tracer | null {
  return openTracer(environment, {
    fetch: (url, init) => fetch(url, init),
    deliver: (flush) => waitUntil(flush()),
  })
}
