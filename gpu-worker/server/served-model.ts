import { PlumblineError } from '../../shared/protocol/error.ts'
import type { AdapterInfo, Engine } from '../generate/engine.ts'

/** What a request is answered with: the base model, or the base model with an adapter. */
export type ServedModel = {
  /** `base` or `base:adapter`. */
  id: string
  /** Of the base model's weights; with an adapter, its digest after a `+`. Part of every cache key. */
  digest: string
  adapter: AdapterInfo | null
}

/** All that can be named, the base model first. */
export function servedModels({ model, adapters }: Engine): ServedModel[] {
  return [
    { id: model.id, digest: model.digest, adapter: null },
    ...adapters.map((adapter) => ({
      id: `${model.id}:${adapter.name}`,
      digest: `${model.digest}+${adapter.digest}`,
      adapter,
    })),
  ]
}

/**
 * The model that a request names, or the base model if it names none. An adapter may also be named alone, as
 * clients of vLLM do. Throws `model_not_found`.
 */
export function findModel(name: string | undefined, engine: Engine): ServedModel {
  const served = servedModels(engine)
  const found =
    served.find(({ id }) => id === (name ?? engine.model.id)) ??
    served.find(({ adapter }) => adapter?.name === name)
  if (found) return found
  const names = served.map(({ id }) => `'${id}'`).join(', ')
  throw new PlumblineError('model_not_found', `This worker serves ${names}, not '${name}'.`, {
    param: 'model',
  })
}
