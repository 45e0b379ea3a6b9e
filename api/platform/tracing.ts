import { readTraceSettings } from '../../shared/telemetry/settings.ts'
import { createTracer, type TraceEffects, type Tracer } from '../../shared/telemetry/tracer.ts'
import type { Environment } from './config.ts'

/** The edge's tracer, or null where no collector is configured. Throws `not_configured` for a wrong value. */
export function openTracer(
  environment: Environment,
  { fetch, deliver }: Pick<TraceEffects, 'fetch' | 'deliver'>,
): Tracer | null {
  const settings = readTraceSettings(environment, 'plumbline-edge')
  if (settings === null) return null
  return createTracer(settings, {
    fetch,
    deliver,
    now: () => performance.timeOrigin + performance.now(),
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    complain: console.error,
  })
}
