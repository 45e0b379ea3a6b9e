/** What a span says of itself, by the names of OpenTelemetry's conventions. Never a text that is judged, nor a key. */
export type Attributes = Readonly<Record<string, string | number | boolean>>

/** `server` answers another service, `client` waits for one. */
export type SpanSort = 'internal' | 'server' | 'client'

export type About = { sort?: SpanSort; attributes?: Attributes }

/** A span under way, as those see it who work within it. Passed along beside `signal`; absent where nothing is traced. */
export type Trace = {
  /** The W3C header that makes the spans of another service children of this one. */
  readonly traceparent: string
  /** Does `work` as a child span. What it throws marks the span as failed. */
  span<T>(name: string, work: (inner: Trace) => Promise<T>, about?: About): Promise<T>
  /** Adds a child span that is over already; times are Unix time in milliseconds. */
  past(name: string, start: number, end: number): void
  /** Says more of this span. */
  note(attributes: Attributes): void
  /** Marks this span as failed, by the code of an error: messages may quote what is judged. */
  fail(code: string): void
}

/** Does `work` as a span of the trace, or just so where nothing is traced. */
export function inSpan<T>(
  trace: Trace | undefined,
  name: string,
  work: (inner: Trace | undefined) => Promise<T>,
  about?: About,
): Promise<T> {
  return trace ? trace.span(name, work, about) : work(undefined)
}
