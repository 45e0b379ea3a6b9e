import type { Context } from 'hono'
import type { EngineSlot } from './engine-slot.ts'

/** `GET /healthz`: 200 with the model and its load. Throws what the slot throws while it has no model. */
export function health(c: Context, slot: EngineSlot): Response {
  const { model, load } = slot.engine()
  return c.json({ status: 'ok', model, load: { queued: load.queued, running: load.running } })
}
