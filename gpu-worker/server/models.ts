import type { Context } from 'hono'
import type { Engine } from '../generate/engine.ts'
import { servedPair } from './arm-model.ts'
import type { ArmPairs } from './arm-pairs.ts'
import type { EngineSlot } from './engine-slot.ts'
import { findModel, type ServedModel, servedModels } from './served-model.ts'

/** `GET /v1/models`: the base model, then each adapter and each pair of them as a model of its own, in the OpenAI shape. */
export function listModels(c: Context, slot: EngineSlot, arms: ArmPairs): Response {
  const engine = slot.engine()
  const pairs = arms.of(engine).map((pair) => servedPair(pair, engine))
  const data = [...servedModels(engine), ...pairs].map((model) => show(model, engine))
  return c.json({ object: 'list', data })
}

/** `GET /v1/models/{id}`. */
export function readModel(c: Context, slot: EngineSlot, arms: ArmPairs): Response {
  const engine = slot.engine()
  const id = c.req.param('id')
  const pair = arms.find(id, engine)
  return c.json(show(pair ? servedPair(pair, engine) : findModel(id, engine), engine))
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
