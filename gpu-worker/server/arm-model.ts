import type { LanguageModel } from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Engine } from '../generate/engine.ts'
import type { ArmPair } from './arm-pairs.ts'
import { type JudgingMethods, localModel } from './local-model.ts'
import { findModel, type ServedModel } from './served-model.ts'

/** What was trained to write is never read by probabilities. */
const WRITTEN: JudgingMethods = { instantiate: 'generate', verdicts: 'generate' }

/** A pair as a model of its own, whose digest is of both adapters. Throws `model_not_found` where one was unloaded. */
export function servedPair({ name, generator, judge, form }: ArmPair, engine: Engine): ServedModel {
  const digests = [generator, judge].map((adapter) => findModel(adapter, engine).adapter?.digest)
  return {
    id: `${engine.model.id}:${name}`,
    digest: [engine.model.digest, ...digests, form].join('+'),
    adapter: null,
  }
}

/** The judge of a pair, with its generator beside it. */
export function armModel(pair: ArmPair, engine: Engine, caller?: string): LanguageModel {
  const { id, digest } = servedPair(pair, engine)
  const of = (adapter: string) => localModel(engine, findModel(adapter, engine), WRITTEN, caller)
  return {
    ...of(pair.judge),
    identity: `${id}@${digest}`,
    arm: { form: pair.form, generator: of(pair.generator) },
  }
}

/** Throws for a judgment that the pair was not trained to make. */
export function refuseOtherProtocols(protocol: string | undefined, { name }: ArmPair): void {
  if (protocol === 'rubric-arm') return
  throw new PlumblineError(
    'invalid_request',
    `'${name}' was trained to judge by rubric-arm alone: send protocol "rubric-arm".`,
    { param: 'protocol' },
  )
}
