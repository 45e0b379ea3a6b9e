import { describe, expect, it } from 'vitest'
import { PlumblineError } from '../shared/protocol/error.ts'
import { readTraceSettings } from '../shared/telemetry/settings.ts'
import { COLLECTOR, type SeenSpan } from './testing/collector.ts'
import { openTestApp } from './testing/test-app.ts'

const TRACED = {
  OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR,
  OTEL_EXPORTER_OTLP_HEADERS: 'X-Tenant=a%20b',
  OTEL_SERVICE_NAME: 'edge-under-test',
}
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const CALLER = 'b7ad6b7169203331'
const traceparent = (flags: string) => ({ traceparent: `00-${TRACE_ID}-${CALLER}-${flags}` })

const body = { prompt: 'A secret prompt', responses: ['GOOD words', 'bad words'] }
const constraints = [{ kind: 'contains', values: ['words'] }]

describe('a traced edge', () => {
  it('makes one trace of a call, its judgment and the calls of its model, and continues that of its caller', async () => {
    const { call, collector, models } = await openTestApp(TRACED)
    const reply = await call('/v1/judgments', { ...body, constraints }, traceparent('01'))
    expect(reply.status).toBe(200)
    const server = await collector.until('POST /v1/judgments')
    const judgment = await collector.until('judgment')
    expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]))
    expect(server).toMatchObject({ parentSpanId: CALLER, kind: 2, service: 'edge-under-test' })
    expect(server.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/v1/judgments',
      'http.response.status_code': 200,
    })
    expect(judgment).toMatchObject({ parentSpanId: server.spanId, kind: 1 })
    expect(judgment.attributes).toMatchObject({ 'plumbline.kind': 'pair', 'plumbline.judge_calls': 5 })

    const stages = collector.spans.filter(({ parentSpanId }) => parentSpanId === judgment.spanId)
    const names = ['compare backward', 'compare forward', 'make rubric', 'verify']
    expect(stages.map(({ name }) => name).toSorted()).toEqual(names)
    const calls = collector.named('chat opinionated')
    expect(calls).toHaveLength(5)
    const under = (name: string) => calls.filter((span) => parentName(collector.spans, span) === name).length
    expect(names.map(under)).toEqual([1, 1, 3, 0])
    for (const span of calls) {
      expect(span.attributes).toMatchObject({
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'opinionated',
        'server.address': 'models.test',
        'server.port': 80,
      })
      expect(span.attributes['gen_ai.usage.input_tokens']).toBeGreaterThan(10)
    }
    const told = calls.map(({ spanId }) => `00-${TRACE_ID}-${spanId}-01`)
    expect(models.traceparents.toSorted()).toEqual(told.toSorted())
  })

  it('tells the collector nothing of texts and keys', async () => {
    const { call, collector, key } = await openTestApp(TRACED)
    await call('/v1/judgments', { ...body, constraints })
    await collector.until('POST /v1/judgments')
    await collector.until('judgment')
    const sent = collector.calls.map(({ body: text }) => text).join('\n')
    for (const secret of ['secret prompt', 'GOOD', 'bad words', key, 'sk-test'])
      expect(sent).not.toContain(secret)
    expect(sent).not.toContain('words')
  })

  it('sends what it has as OTLP in JSON, with the headers that the collector wants', async () => {
    const { call, collector } = await openTestApp(TRACED)
    await call('/v1/models')
    await collector.until('GET /v1/models')
    const sent = collector.calls.find(({ body: text }) => text.includes('GET /v1/models'))
    expect(sent?.url).toBe(`${COLLECTOR}/v1/traces`)
    expect(sent?.headers.get('content-type')).toBe('application/json')
    expect(sent?.headers.get('x-tenant')).toBe('a b')
  })

  it('leaves out of its traces what the caller does not sample, but hands the decision on', async () => {
    const { call, collector, models } = await openTestApp(TRACED)
    await call('/v1/judgments', body, traceparent('00'))
    await call('/v1/models')
    await collector.until('GET /v1/models')
    expect(collector.named('POST /v1/judgments')).toEqual([])
    expect(models.traceparents).toHaveLength(5)
    for (const told of models.traceparents)
      expect(told).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-00$`))
  })

  it('begins a trace of its own where the header is broken', async () => {
    const { call, collector } = await openTestApp(TRACED)
    await call('/v1/models', undefined, { traceparent: '00-nonsense' })
    const span = await collector.until('GET /v1/models')
    expect(span.parentSpanId).toBeUndefined()
    expect(span.traceId).not.toBe('0'.repeat(32))
  })

  it('lets nobody without a key decide what is sampled', async () => {
    const { call, send, collector } = await openTestApp(TRACED)
    const refused = await send('/v1/models', { headers: traceparent('01') })
    expect(refused.status).toBe(401)
    await call('/v1/usage')
    await collector.until('GET /v1/usage')
    expect(collector.spans.every(({ traceId }) => traceId !== TRACE_ID)).toBe(true)
  })

  it('marks a failed judgment by its code, and a refused call by its status', async () => {
    const { call, collector, models } = await openTestApp(TRACED)
    models.manner = 'status 500'
    await call('/v1/judgments', body)
    await call('/v1/judgments', 'no JSON')
    const judgment = await collector.until('judgment')
    expect(judgment.status.code).toBe(2)
    expect(judgment.attributes['error.type']).toBe('model_unavailable')
    while (collector.named('POST /v1/judgments').length < 2) await new Promise((go) => setTimeout(go, 10))
    const refused = collector
      .named('POST /v1/judgments')
      .map(({ status, attributes }) => [attributes['http.response.status_code'], status.code ?? 0])
    expect(refused).toEqual([
      [200, 0],
      [400, 0],
    ])
  })
})

describe('an edge without a collector', () => {
  it('makes no call and adds no header', async () => {
    const { call, collector } = await openTestApp()
    const reply = await call('/v1/models', undefined, traceparent('01'))
    expect(reply.headers.get('traceparent')).toBeNull()
    expect(collector.calls).toEqual([])
  })
})

describe('the settings of tracing', () => {
  const read = (values: Record<string, string>) => readTraceSettings((name) => values[name], 'standard')

  it('are none unless an endpoint is set', () => {
    expect(read({ OTEL_SERVICE_NAME: 'x' })).toBeNull()
  })

  it('are read as OpenTelemetry writes them', () => {
    const url = 'https://collector.example/otlp/'
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: url })).toEqual({
      url: 'https://collector.example/otlp/v1/traces',
      headers: {},
      service: 'standard',
      ratio: 1,
    })
    const more = { OTEL_EXPORTER_OTLP_HEADERS: 'A=1, b = c=d', OTEL_TRACES_SAMPLER_ARG: '0.25' }
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: url, ...more })).toMatchObject({
      headers: { a: '1', b: 'c=d' },
      ratio: 0.25,
    })
  })

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, OTEL_EXPORTER_OTLP_HEADERS: 'Bearer sk-secret' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, OTEL_EXPORTER_OTLP_HEADERS: 'a=%zz' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, OTEL_TRACES_SAMPLER_ARG: '2' }],
  ])('are refused by name, without telling a key: %j', (values) => {
    try {
      read(values)
      expect.unreachable()
    } catch (error) {
      if (!PlumblineError.isInstance(error)) throw error
      expect(error.message).toMatch(/^OTEL_[A-Z_]+ .*\.$/)
      expect(error.message).not.toContain('sk-secret')
    }
  })
})

function parentName(spans: SeenSpan[], { parentSpanId }: SeenSpan): string | undefined {
  return spans.find(({ spanId }) => spanId === parentSpanId)?.name
}
