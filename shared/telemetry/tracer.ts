import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace as spans,
} from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import { PlumblineError } from '../protocol/error.ts'
import { createOutbox, type Post } from './outbox.ts'
import type { TraceSettings } from './settings.ts'
import type { About, SpanSort, Trace } from './trace.ts'

export type TraceEffects = Post & {
  /** Unix time, milliseconds. */
  now(): number
  /** Random bytes. */
  random(length: number): Uint8Array
  /** Called when a piece of work has ended, and for what ends after it: has the spans sent, now or soon. */
  deliver(flush: () => Promise<void>): void
}

/** Where traces begin, one a process. */
export type Tracer = {
  /** Does `work` as a span that continues the trace of a W3C `traceparent`, or begins one where it is null or broken. */
  begin<T>(
    name: string,
    traceparent: string | null,
    work: (trace: Trace) => Promise<T>,
    about?: About,
  ): Promise<T>
  /** Sends every span that has ended. */
  flush(): Promise<void>
}

/** A piece of work: the spans of what goes on after it, as the rest of a stream does, are sent one by one. */
type Root = { over: boolean }

const KINDS: Record<SpanSort, SpanKind> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
}

/** A tracer over OpenTelemetry's SDK. Context is passed explicitly, as it must be where there is no AsyncLocalStorage. */
export function createTracer(settings: TraceSettings, effects: TraceEffects): Tracer {
  const outbox = createOutbox(settings, effects)
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': settings.service }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.ratio) }),
    spanProcessors: [outbox],
    idGenerator: {
      generateTraceId: () => hex(effects.random(16)),
      generateSpanId: () => hex(effects.random(8)),
    },
  })
  const tracer = provider.getTracer('plumbline')

  async function run<T>(
    root: Root,
    parent: Context,
    name: string,
    work: (trace: Trace) => Promise<T>,
    { sort = 'internal', attributes = {} }: About = {},
  ): Promise<T> {
    const start = { kind: KINDS[sort], attributes, startTime: effects.now() }
    const span = tracer.startSpan(name, start, parent)
    const inner = within(root, span, spans.setSpan(parent, span))
    try {
      return await work(inner)
    } catch (error) {
      inner.fail(PlumblineError.isInstance(error) ? error.data.code : 'internal')
      throw error
    } finally {
      span.end(effects.now())
      if (root.over) effects.deliver(outbox.forceFlush)
    }
  }

  function within(root: Root, span: Span, context: Context): Trace {
    return {
      traceparent: headerOf(span),
      span: (name, work, about) => run(root, context, name, work, about),
      past: (name, start, end) => tracer.startSpan(name, { startTime: start }, context).end(end),
      note: (attributes) => void span.setAttributes(attributes),
      fail: (code) => void span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', code),
    }
  }

  return {
    begin(name, traceparent, work, about) {
      const root: Root = { over: false }
      const last = (trace: Trace) =>
        work(trace).finally(() => {
          root.over = true
        })
      return run(root, contextOf(traceparent), name, last, about)
    },
    flush: outbox.forceFlush,
  }
}

function contextOf(traceparent: string | null): Context {
  const parent = traceparent === null ? null : parseTraceParent(traceparent)
  return parent ? spans.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }) : ROOT_CONTEXT
}

function headerOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
