import { PlumblineError } from '../protocol/error.ts'

/** Where traces go, by OpenTelemetry's own variables. */
export type TraceSettings = {
  url: string
  headers: Record<string, string>
  service: string
  /** Share of the traces begun here that are kept, 0..1; a trace that comes from outside brings its own decision. */
  ratio: number
}

/** The variables that say so. */
export const TRACE_VARIABLES = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_SERVICE_NAME',
  'OTEL_TRACES_SAMPLER_ARG',
] as const

/**
 * Reads `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME` and
 * `OTEL_TRACES_SAMPLER_ARG`. Null, and nothing is traced, unless the first is set. Throws `not_configured`.
 */
export function readTraceSettings(
  environment: (name: string) => string | undefined,
  service: string,
): TraceSettings | null {
  const endpoint = environment('OTEL_EXPORTER_OTLP_ENDPOINT')
  if (!endpoint) return null
  return {
    url: readUrl(endpoint),
    headers: readHeaders(environment('OTEL_EXPORTER_OTLP_HEADERS') ?? ''),
    service: environment('OTEL_SERVICE_NAME') || service,
    ratio: readRatio(environment('OTEL_TRACES_SAMPLER_ARG') || '1'),
  }
}

function readUrl(endpoint: string): string {
  const url = URL.parse(endpoint)
  if (url && /^https?:$/.test(url.protocol)) return `${endpoint.replace(/\/+$/, '')}/v1/traces`
  throw wrong(
    `OTEL_EXPORTER_OTLP_ENDPOINT is '${endpoint}': give the http(s) URL of an OTLP collector, for example http://localhost:4318.`,
  )
}

/** `name=value,name=value`, values percent-encoded where they must be. Their text is never repeated: it holds keys. */
function readHeaders(list: string): Record<string, string> {
  const pairs = list.split(',').filter((pair) => pair.trim() !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*=(.*)$/.exec(pair) ?? []
      const decoded = value === undefined ? null : decode(value.trim())
      if (name !== undefined && decoded !== null) return [name.toLowerCase(), decoded]
      throw wrong('OTEL_EXPORTER_OTLP_HEADERS must be a list as name=value,name=value.')
    }),
  )
}

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value)
  } catch {
    return null
  }
}

function readRatio(text: string): number {
  const ratio = Number(text)
  if (ratio >= 0 && ratio <= 1) return ratio
  throw wrong(`OTEL_TRACES_SAMPLER_ARG is '${text}': give the share of traces to keep, from 0 to 1.`)
}

const wrong = (sentence: string) => new PlumblineError('not_configured', sentence)
