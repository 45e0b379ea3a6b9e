import { PlumblineError } from '../../shared/protocol/error.ts'
import type { ArmFormName } from '../../shared/protocol/training/rubric-arm.ts'
import type { Engine } from '../generate/engine.ts'

/** A rubric generator and a judge that were trained together, by their adapters, and the form that they write in. */
export type ArmPair = { name: string; generator: string; judge: string; form: ArmFormName }

/** Pairs that judge as one model by rubric-arm. They last as long as the worker runs, as loaded adapters do. */
export type ArmPairs = {
  /** Those whose adapters are loaded. */
  of(engine: Engine): readonly ArmPair[]
  /** Adds a pair, or replaces the one of its name. Throws `model_not_found` where an adapter is not loaded. */
  put(pair: ArmPair, engine: Engine): void
  /** False where there is none of the name. */
  remove(name: string): boolean
  /** The pair that a request names, by itself or behind the base model's name. */
  find(model: string | undefined, engine: Engine): ArmPair | undefined
}

export function armPairs(): ArmPairs {
  const pairs = new Map<string, ArmPair>()
  const isLoaded = (adapter: string, { adapters }: Engine) => adapters.some(({ name }) => name === adapter)
  const of = (engine: Engine) =>
    [...pairs.values()].filter(
      ({ generator, judge }) => isLoaded(generator, engine) && isLoaded(judge, engine),
    )
  return {
    of,
    put(pair, engine) {
      for (const param of ['generator', 'judge'] as const) {
        if (isLoaded(pair[param], engine)) continue
        const message = `No adapter '${pair[param]}' is loaded: load it first, then name it as the ${param}.`
        throw new PlumblineError('model_not_found', message, { param: `rubric_arm.${param}` })
      }
      if (isLoaded(pair.name, engine)) {
        const message = `An adapter is loaded as '${pair.name}': give the pair another name.`
        throw new PlumblineError('invalid_request', message, { param: 'name' })
      }
      pairs.set(pair.name, pair)
    },
    remove: (name) => pairs.delete(name),
    find: (model, engine) =>
      of(engine).find(({ name }) => model === name || model === `${engine.model.id}:${name}`),
  }
}
