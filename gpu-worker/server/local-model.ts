import type { LanguageModel } from '../../shared/model/language-model.ts'
import type { Instantiation, VerdictMethod } from '../../shared/protocol/model-entry.ts'
import type { Engine, GenerateRequest } from '../generate/engine.ts'
import { findModel, type ServedModel } from './served-model.ts'
import { tracedEngine } from './traced-engine.ts'

const DEFAULT_MAX_TOKENS = 4096

/** How the worker's model makes rubrics and gives verdicts. */
export type JudgingMethods = { instantiate: Instantiation; verdicts: VerdictMethod }

/** What a model too small to write a rubric does well. */
export const PICKED: JudgingMethods = { instantiate: 'select', verdicts: 'choose' }

/**
 * The engine next to the weights, as the judge sees models. It holds nothing back: the engine scores together
 * what waits together. JSON is written under its schema, so that it can't break it.
 */
export function localModel(
  engine: Engine,
  { id, digest, adapter }: ServedModel = findModel(undefined, engine),
  { instantiate, verdicts }: JudgingMethods = PICKED,
  caller?: string,
): LanguageModel {
  const basics = { ...(adapter && { adapter: adapter.name }), ...(caller !== undefined && { caller }) }
  return {
    identity: `${id}@${digest}`,
    instantiate,
    verdicts,
    concurrency: Number.POSITIVE_INFINITY,
    async generate(
      messages,
      { schema, temperature = 0, seed = 0, maxTokens = DEFAULT_MAX_TOKENS, signal, trace } = {},
    ) {
      const request: GenerateRequest = {
        ...basics,
        messages,
        temperature,
        topP: 1,
        seed,
        maxTokens,
        stop: [],
        topLogprobs: 0,
        ...(schema && { constraint: { kind: 'json_schema', schema: schema.schema } }),
        ...(signal && { signal }),
      }
      let text = ''
      for await (const event of tracedEngine(engine, trace).generate(request)) {
        text += event.text
        if (event.type === 'end') return { text, finish: event.finish, tokens: event.tokens }
      }
      throw new Error('the engine ended without an end')
    },
    choose: (messages, choices, { signal, trace } = {}) =>
      tracedEngine(engine, trace).choose({ ...basics, messages, choices, ...(signal && { signal }) }),
  }
}
