import type { Context } from 'hono'
import type { Engine } from '../generate/engine.ts'
import type { EngineSlot } from './engine-slot.ts'
import { findModel, type ServedModel, servedModels } from './served-model.ts'

/** `GET /v1/models`: the base model, then each adapter as a model of its own, in the OpenAI shape. */
export function listModels(c: Context, slot: EngineSlot): Response {
  const engine = slot.engine()
  return c.json({ object: 'list', data: servedModels(engine).map((model) => show(model, engine)) })
}

/** `GET /v1/models/{id}`. */
export function readModel(c: Context, slot: EngineSlot): Response {
  const engine = slot.engine()
  return c.json(show(findModel(c.req.param('id'), engine), engine))
}

function show({ id, digest, adapter }: ServedModel, { model }: Engine) {
  return {
    id,
    object: 'model',
    created: 0,
    owned_by: 'plumbline',
    digest,
    context: model.context,
    ...(adapter && { parent: model.id, rank: adapter.rank }),
  }
}
