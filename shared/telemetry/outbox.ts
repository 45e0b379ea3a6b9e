import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import type { TraceSettings } from './settings.ts'

/** What sending spans needs from outside. */
export type Post = {
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Told once when a collector begins to refuse or to be out of reach. */
  complain(sentence: string, cause: unknown): void
}

const BATCH = 512
const BATCHES_UNDER_WAY = 4
const TIMEOUT_MS = 10_000

/**
 * Ended spans on their way to a collector, as OTLP/HTTP in JSON. They go when `forceFlush` is called, or at 512.
 * What a collector does not take is dropped: traces never hold up or grow what they watch.
 */
export function createOutbox({ url, headers }: TraceSettings, { fetch, complain }: Post): SpanProcessor {
  let ended: ReadableSpan[] = []
  let underWay = 0
  let failing = false

  async function send(spans: ReadableSpan[]): Promise<void> {
    const body = JsonTraceSerializer.serializeRequest(spans)
    if (body === undefined) return
    underWay++
    try {
      const reply = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: new Uint8Array(body),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      await reply.body?.cancel()
      if (!reply.ok) throw new Error(`it answered ${reply.status}`)
      failing = false
    } catch (cause) {
      if (!failing) complain(`Traces can't be sent to ${url} and are dropped until they can.`, cause)
      failing = true
    } finally {
      underWay--
    }
  }

  async function flush(): Promise<void> {
    const spans = ended
    ended = []
    if (spans.length > 0 && underWay < BATCHES_UNDER_WAY) await send(spans)
  }

  return {
    onStart() {},
    onEnd(span) {
      ended.push(span)
      if (ended.length >= BATCH) void flush()
    },
    forceFlush: flush,
    shutdown: flush,
  }
}
