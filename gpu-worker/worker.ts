import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { workerKey } from '../shared/identity/worker-key.ts'
import { PlumblineError } from '../shared/protocol/error.ts'
import type { Tracer } from '../shared/telemetry/tracer.ts'
import type { Sandbox } from '../shared/verify/sandbox.ts'
import type { Engine } from './generate/engine.ts'
import type { StartTraining } from './jobs/training.ts'
import { openWorkshop } from './jobs/workshop.ts'
import { openSandbox } from './sandbox/sandbox.ts'
import { workerApp } from './server/app.ts'
import { armPairs } from './server/arm-pairs.ts'
import type { Access } from './server/authenticate.ts'
import { engineSlot } from './server/engine-slot.ts'
import { judgingPlaces } from './server/judging-places.ts'
import { type JudgingMethods, PICKED } from './server/local-model.ts'
import { workerMemory } from './server/memory.ts'
import { createMetrics } from './server/metrics.ts'
import { defaultHome } from './weights/home.ts'

/** Where a worker listens and who may call it. */
export type Serving = {
  /** 0 takes any free port. */
  port: number
  /** Default 127.0.0.1. */
  host?: string
  /** Shared with the edge: the key and the fences come from it. Needed unless `open`. */
  secret: string | null
  /** Serve programs of this machine without a key. */
  open?: boolean
  /** Requests in hand at most, waiting or being answered; 128 by default. */
  queue?: number
  /** The folder that adapters may be loaded from; by default `adapters` in the home folder. */
  adapters?: string
  /** How the model judges; by default it picks labels and writes nothing. */
  methods?: JudgingMethods
  /** Where programs of responses run; by default JavaScript alone. */
  sandbox?: Sandbox
  /** Trains for jobs, whose folders lie in the home folder; without it the worker takes no jobs. */
  training?: { home: string; start: StartTraining }
  /** Makes spans of what is done; null, as by default, makes none. */
  tracer?: Tracer | null
  /** What a scraper of `/metrics` sends; without one this machine may read it, and whoever has the worker's key. */
  metricsKey?: string
}

/** A minute's work of a small model on a processor. */
const QUEUE = 128

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

export type Worker = {
  url: string
  /** Ends the server and its engine; an engine that is still being opened is closed once it is open. */
  close(): Promise<void>
}

/**
 * Starts the worker's server, which answers `loading` until the model is there. Throws `not_configured` when
 * nothing tells who may call, or the port is taken or can't be opened.
 */
export async function startWorker({
  engine,
  port,
  host = '127.0.0.1',
  secret,
  open = false,
  queue = QUEUE,
  adapters = join(defaultHome(process.env), 'adapters'),
  methods = PICKED,
  sandbox,
  training,
  tracer = null,
  metricsKey,
}: Serving & { engine: Engine | Promise<Engine> }): Promise<Worker> {
  if (open && !LOOPBACK.has(host)) {
    throw new PlumblineError(
      'not_configured',
      'An open worker listens on 127.0.0.1 alone: set PLUMBLINE_SECRET.',
    )
  }
  if (!open && !secret) {
    throw new PlumblineError('not_configured', 'Set PLUMBLINE_SECRET to the value that the edge has.')
  }
  const metrics = createMetrics()
  const opening = Promise.resolve(engine).then(metrics.watch)
  const desk = {
    secret: secret || crypto.randomUUID(),
    memory: workerMemory(),
    methods,
    arms: armPairs(),
    place: judgingPlaces(),
    sandbox: sandbox ?? (await openSandbox(undefined)),
    judged: metrics.judged,
  }
  const access = open || !secret ? ({ open: true } as const) : { key: await workerKey(secret) }
  const workshop = training ? openWorkshop({ ...training, adapters, arms: desk.arms, opening }) : null
  const slot = engineSlot(workshop?.engine ?? opening)
  const app = workerApp(slot, {
    access,
    metricsAccess: metricsAccess(host, metricsKey, access),
    desk,
    queue,
    adapters,
    metrics,
    workshop,
    tracer,
  })
  const server = serve({ fetch: app.fetch, port, hostname: host })
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve)
    server.once('error', (error) => reject(cannotListen(error, host, port)))
  })
  const address = server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      await new Promise<void>((done) => {
        server.close(() => done())
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
      await workshop?.close()
      const closed = opening.then(
        (opened) => opened.close(),
        () => {},
      )
      if (slot.state().status !== 'loading') await closed
      await tracer?.flush()
    },
  }
}

/** A worker that listens on this machine alone is read by its programs without a key. */
function metricsAccess(host: string, key: string | undefined, access: Access): Access {
  if (key !== undefined) return { key, advice: 'Send PLUMBLINE_METRICS_KEY as a bearer token.' }
  return LOOPBACK.has(host) ? { open: true } : access
}

function cannotListen(error: Error, host: string, port: number): Error {
  if (!('code' in error)) return error
  return new PlumblineError(
    'not_configured',
    error.code === 'EADDRINUSE'
      ? `Port ${port} is taken: stop what listens there or set PLUMBLINE_WORKER_PORT.`
      : `Port ${port} of ${host} can't be opened (${error.code}): set PLUMBLINE_WORKER_HOST and PLUMBLINE_WORKER_PORT to what can.`,
  )
}
