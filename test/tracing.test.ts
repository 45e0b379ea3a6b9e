import { expect, it } from 'vitest'
import { createApp } from '../api/app.ts'
import { serverPlatform } from '../api/platform/server/platform.ts'
import { openSqlite } from '../api/platform/server/sqlite.ts'
import { COLLECTOR, createCollector, type SeenSpan } from '../api/testing/collector.ts'
import { openTracer } from '../gpu-worker/server/trace.ts'
import { FAKE_TIMING, fakeEngine } from '../gpu-worker/testing/fake-engine.ts'
import { startWorker } from '../gpu-worker/worker.ts'

const TRACED = { OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR }
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const CALLER = 'b7ad6b7169203331'
const SECRET = 'one secret of both'

/** The edge on this runtime and a worker without weights behind it, over HTTP. */
async function openHouse(variables: Record<string, string>) {
  const headers: Headers[] = []
  const collector = createCollector((url, init) => {
    headers.push(new Headers(init.headers))
    return fetch(url, init)
  })
  const tracer = openTracer(variables, collector.fetch)
  const engine = fakeEngine({ context: 1000 })
  const worker = await startWorker({ engine, port: 0, secret: SECRET, tracer })
  const entry = { id: 'm', base_url: `${worker.url}/v1`, model: 'fake-1m', judges: 'there' }
  const picks = { instantiate: 'select', verdicts: 'choose' }
  const values: Record<string, string> = {
    ...variables,
    PLUMBLINE_SECRET: SECRET,
    PLUMBLINE_OPEN: '1',
    PLUMBLINE_MODELS: JSON.stringify([{ ...entry, ...picks }]),
  }
  const platform = serverPlatform((name) => values[name], openSqlite(':memory:'), collector.fetch)
  const app = createApp(platform)
  return {
    collector,
    headers,
    engine,
    judge: (more: object, sent: Record<string, string> = {}) =>
      app.request('http://localhost/v1/judgments', {
        method: 'POST',
        headers: sent,
        body: JSON.stringify({ prompt: 'Hi', responses: ['GOOD', 'bad'], ...more }),
      }),
    /** Has everything sent that has been traced. */
    async close() {
      await platform.quiet()
      await platform.tracer?.flush()
      await worker.close()
    },
  }
}

const milliseconds = ({ startTimeUnixNano, endTimeUnixNano }: SeenSpan) =>
  Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6

it.each([false, true])('makes one trace of a judgment over edge and worker, streamed: %s', async (stream) => {
  const { collector, judge, close, engine } = await openHouse(TRACED)
  const reply = await judge({ stream }, { traceparent: `00-${TRACE_ID}-${CALLER}-01` })
  expect(await reply.text()).toContain('"winner":"first"')
  await close()
  const { spans } = collector
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]))

  const named = (service: string, name: string) =>
    spans.filter((span) => span.service === service && span.name === name)
  const [request] = named('plumbline-edge', 'POST /v1/judgments')
  const [judgment] = named('plumbline-edge', 'judgment')
  const [call] = named('plumbline-edge', 'judge fake-1m')
  const [served] = named('plumbline-worker', 'POST /v1/judgments')
  const [there] = named('plumbline-worker', 'judgment')
  expect(request?.parentSpanId).toBe(CALLER)
  expect(judgment?.parentSpanId).toBe(request?.spanId)
  expect(call?.parentSpanId).toBe(judgment?.spanId)
  expect(served?.parentSpanId).toBe(call?.spanId)
  expect(there?.parentSpanId).toBe(served?.spanId)

  const stages = spans.filter(({ parentSpanId }) => parentSpanId === there?.spanId)
  expect(stages.map(({ name }) => name).toSorted()).toEqual([
    'compare backward',
    'compare forward',
    'make rubric',
  ])
  const chosen = named('plumbline-worker', 'choose')
  expect(chosen).toHaveLength(engine.chosen.length)
  for (const span of chosen) {
    expect(stages.map(({ spanId }) => spanId)).toContain(span.parentSpanId)
    const phases = spans.filter(({ parentSpanId }) => parentSpanId === span.spanId)
    const took = Object.fromEntries(phases.map((phase) => [phase.name, Math.round(milliseconds(phase))]))
    expect(took).toEqual(FAKE_TIMING)
  }
  const ids = new Set([CALLER, ...spans.map(({ spanId }) => spanId)])
  for (const span of spans) expect(ids).toContain(span.parentSpanId)
})

it('traces nothing without a collector, and sends no header', async () => {
  const { collector, judge, close, headers } = await openHouse({})
  const reply = await judge({}, { traceparent: `00-${TRACE_ID}-${CALLER}-01` })
  expect(reply.status).toBe(200)
  await close()
  expect(collector.calls).toEqual([])
  expect(headers.length).toBeGreaterThan(0)
  expect(headers.every((sent) => !sent.has('traceparent'))).toBe(true)
})
