import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Tracer } from '../../shared/telemetry/tracer.ts'
import type { Workshop } from '../jobs/workshop.ts'
import { listAdapters, loadAdapter, loadLoraAdapter, unloadAdapter, unloadLoraAdapter } from './adapters.ts'
import { admit } from './admit.ts'
import { type Access, authenticate } from './authenticate.ts'
import { chatCompletions } from './chat-completions.ts'
import { deadline } from './deadline.ts'
import type { EngineSlot } from './engine-slot.ts'
import { toResponse } from './errors.ts'
import { fileRoutes } from './files.ts'
import { fineTuningRoutes } from './fine-tuning/routes.ts'
import { gradings } from './graders.ts'
import { health } from './health.ts'
import type { JudgeDesk } from './judge-here.ts'
import { judgments } from './judgments.ts'
import { follow, type Served } from './life.ts'
import type { Metrics } from './metrics.ts'
import { listModels, readModel } from './models.ts'
import { rewards } from './rewards.ts'
import { traceRequests } from './trace.ts'
import { verifications } from './verifications.ts'

const MAX_BODY_BYTES = 8 * 1024 * 1024
const MAX_FILE_BYTES = 128 * 1024 * 1024

/** What the server has beside its engine. */
export type Surroundings = {
  access: Access
  /** Who may read `/metrics`. */
  metricsAccess: Access
  desk: JudgeDesk
  /** Requests in hand at most, waiting or being answered. */
  queue: number
  /** The folder that adapters may be loaded from. */
  adapters: string
  metrics: Metrics
  /** Null where nothing is trained. */
  workshop: Workshop | null
  /** Null where nothing is traced. */
  tracer: Tracer | null
}

/** The worker's routes. `/healthz` is open to all and never waits; the rest needs a key. */
export function workerApp(
  slot: EngineSlot,
  { access, metricsAccess, desk, queue, adapters, metrics, workshop, tracer }: Surroundings,
): Hono<Served> {
  const app = new Hono<Served>()
  // Nobody reads the answer to a caller who has hung up, and the error is the hanging up itself.
  app.onError((error, c) => (c.req.raw.signal.aborted ? c.body(null, 408) : toResponse(error)))
  app.notFound((c) =>
    toResponse(
      new PlumblineError('not_found', `Nothing is at ${c.req.method} '${c.req.path}' of this worker.`),
    ),
  )
  app.use(metrics.count)
  app.get('/healthz', (c) => health(c, slot))
  app.get('/metrics', authenticate(metricsAccess), metrics.text)

  app.use('/v1/*', authenticate(access), limitBody)
  if (tracer) app.use('/v1/*', traceRequests(tracer))
  app.get('/v1/models', (c) => listModels(c, slot, desk.arms))
  app.get('/v1/models/:id{.+}', (c) => readModel(c, slot, desk.arms))
  app.get('/v1/adapters', (c) => listAdapters(c, slot, desk.arms))
  app.post('/v1/adapters', (c) => loadAdapter(c, slot, adapters, desk.arms))
  app.delete('/v1/adapters/:name', (c) => unloadAdapter(c, slot, desk.arms))
  app.post('/v1/load_lora_adapter', (c) => loadLoraAdapter(c, slot, adapters))
  app.post('/v1/unload_lora_adapter', (c) => unloadLoraAdapter(c, slot))

  const work = [follow, admit(queue), deadline] as const
  app.post('/v1/chat/completions', ...work, (c) => chatCompletions(c, slot))
  app.post('/v1/judgments', ...work, (c) => judgments(c, slot, desk))
  app.post('/v1/rewards', ...work, (c) => rewards(c, slot, desk))
  app.post('/v1/verify', ...work, (c) => verifications(c, desk.sandbox))
  app.post('/v1/fine_tuning/alpha/graders/run', ...work, (c) => gradings(c, desk.sandbox))
  if (workshop) {
    app.route('/v1/files', fileRoutes(workshop.files))
    app.route('/v1/fine_tuning/jobs', fineTuningRoutes(workshop, slot))
  }
  return app
}

const ofText = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: () => tooLarge(MAX_BODY_BYTES, 'text') })
const ofFile = bodyLimit({
  maxSize: MAX_FILE_BYTES,
  onError: () => tooLarge(MAX_FILE_BYTES, 'data in one file'),
})

/** A file may be larger than any other body. */
const limitBody: MiddlewareHandler<Served> = (c, next) =>
  (c.req.path === '/v1/files' ? ofFile : ofText)(c, next)

function tooLarge(bytes: number, what: string): never {
  throw new PlumblineError('body_too_large', `The body is over ${bytes} bytes: send less ${what}.`)
}
