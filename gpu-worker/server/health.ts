import type { Context } from 'hono'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { EngineSlot } from './engine-slot.ts'
import { toResponse } from './errors.ts'

/** `GET /healthz`: 200 with the model and its load, else 503 with why not. */
export function health(c: Context, slot: EngineSlot): Response {
  const state = slot.state()
  if (state.status === 'ready') {
    const { model, load } = state.engine
    return c.json({ status: 'ok', model, load: { queued: load.queued, running: load.running } })
  }
  return toResponse(
    state.status === 'failed'
      ? new PlumblineError('not_configured', state.message)
      : new PlumblineError('loading', 'The model is being loaded.'),
  )
}
