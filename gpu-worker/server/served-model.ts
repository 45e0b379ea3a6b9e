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

/** What a job of Rubric-ARM adds to its name for each adapter. */
const ROLES = ['judge', 'generator'] as const

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
  const roles = served.filter(({ id }) => ROLES.some((role) => id === `${name}-${role}`))
  // What jobs trained belongs to the organisations that trained it, and is nobody else's to hear of.
  const shown = roles.length > 0 ? roles : served.filter(({ adapter }) => !adapter?.name.startsWith('ft-'))
  const names = shown.map(({ id }) => `'${id}'`).join(', ')
  const message =
    roles.length > 0
      ? `'${name}' judges by 'rubric-arm' alone, at /v1/judgments: name one of its roles here, which are ${names}.`
      : `This worker serves ${names}, not '${name}'.`
  throw new PlumblineError('model_not_found', message, { param: 'model' })
}
