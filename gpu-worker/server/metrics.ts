import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { Judgment } from '../../shared/protocol/judgment.ts'
import type { Engine } from '../generate/engine.ts'
import { registerEngine } from './engine-metrics.ts'
import type { Served } from './life.ts'
import { observedEngine } from './observed-engine.ts'

/** Seconds: questions take milliseconds on a GPU, and minutes when many wait for a processor. */
const SECONDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300]

const PHASES = ['queued', 'prefill', 'decode'] as const

export type Metrics = ReturnType<typeof createMetrics>

/** What a worker counts, in Prometheus' text format, and the process's own figures (memory, event-loop lag). */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const phases = new Histogram({
    name: 'plumbline_engine_seconds',
    help: 'Time that a call of the engine spent in each phase.',
    labelNames: ['operation', 'phase'],
    buckets: SECONDS,
    registers,
  })
  const requests = new Histogram({
    name: 'plumbline_http_request_seconds',
    help: 'Time from a request to the head of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  })
  const judgments = new Counter({
    name: 'plumbline_judgments_total',
    help: 'Judgments made here: scored, or the code of their error.',
    labelNames: ['outcome'],
    registers,
  })

  return {
    /** The same engine, with its own figures and the phases of its calls counted. */
    watch(engine: Engine): Engine {
      registerEngine(registry, engine)
      return observedEngine(engine, (operation, timing) => {
        for (const phase of PHASES) phases.observe({ operation, phase }, timing[phase] / 1000)
      })
    },
    judged: ({ error }: Judgment) => judgments.inc({ outcome: error?.code ?? 'scored' }),
    /** Times every request by its route, whatever comes of it. */
    count: createMiddleware<Served>(async (c, next) => {
      const end = requests.startTimer()
      await next()
      end({ method: c.req.method, route: routePath(c, -1), status: c.res.status })
    }),
    /** `GET /metrics`. */
    async text(): Promise<Response> {
      return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } })
    },
  }
}
