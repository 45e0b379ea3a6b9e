import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { admit } from './admit.ts'
import { type Access, authenticate } from './authenticate.ts'
import { chatCompletions } from './chat-completions.ts'
import type { EngineSlot } from './engine-slot.ts'
import { toResponse } from './errors.ts'
import { health } from './health.ts'
import { type JudgeDesk, judgments } from './judgments.ts'
import { models } from './models.ts'

const MAX_BODY_BYTES = 8 * 1024 * 1024
const MAX_REQUESTS = 32

/** The worker's routes. `/healthz` is open to all and never waits; the rest needs the key. */
export function workerApp(slot: EngineSlot, desk: JudgeDesk, access: Access): Hono {
  const app = new Hono()
  // Nobody reads the answer to a caller who has hung up, and the error is the hanging up itself.
  app.onError((error, c) => (c.req.raw.signal.aborted ? c.body(null, 408) : toResponse(error)))
  app.notFound((c) =>
    toResponse(
      new PlumblineError('not_found', `Nothing is at ${c.req.method} '${c.req.path}' of this worker.`),
    ),
  )
  app.get('/healthz', (c) => health(c, slot))
  app.use('/v1/*', authenticate(access), bodyLimit({ maxSize: MAX_BODY_BYTES, onError: bodyTooLarge }))
  app.get('/v1/models', (c) => models(c, slot))
  const admission = admit(MAX_REQUESTS)
  app.post('/v1/chat/completions', admission, (c) => chatCompletions(c, slot))
  app.post('/v1/judgments', admission, (c) => judgments(c, slot, desk))
  return app
}

function bodyTooLarge(): never {
  throw new PlumblineError('body_too_large', `The body is over ${MAX_BODY_BYTES} bytes: send less text.`)
}
