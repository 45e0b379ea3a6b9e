import type { Context } from 'hono'
import type { EngineSlot } from './engine-slot.ts'

/** `GET /v1/models`: the one model, in the OpenAI shape and with its digest and context. */
export function models(c: Context, slot: EngineSlot): Response {
  const { id, digest, context } = slot.engine().model
  return c.json({
    object: 'list',
    data: [{ id, object: 'model', created: 0, owned_by: 'plumbline', digest, context }],
  })
}
