import pLimit from 'p-limit'
import type { LanguageModel } from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Engine } from '../generate/engine.ts'

const DEFAULT_MAX_TOKENS = 4096
/** A judge asks many questions at once; more than this would only fill the engine's queue. */
const CALLS_IN_FLIGHT = 2

/**
 * The engine next to the weights, as the judge sees models: it selects clauses and chooses verdicts.
 * Make one a judgment.
 */
export function localModel(engine: Engine): LanguageModel {
  const place = pLimit(CALLS_IN_FLIGHT)
  return {
    identity: `${engine.model.id}@${engine.model.digest}`,
    instantiate: 'select',
    verdicts: 'choose',
    async generate(
      messages,
      { schema, temperature = 0, seed = 0, maxTokens = DEFAULT_MAX_TOKENS, signal } = {},
    ) {
      if (schema) {
        throw new PlumblineError(
          'invalid_request',
          `'${engine.model.id}' picks labels and writes no JSON: use mode "staged", or a model with a JSON schema.`,
          { param: 'mode' },
        )
      }
      const request = { messages, temperature, topP: 1, seed, maxTokens, stop: [], topLogprobs: 0 }
      let text = ''
      for await (const event of engine.generate({ ...request, ...(signal && { signal }) })) {
        text += event.text
        if (event.type === 'end') return { text, finish: event.finish, tokens: event.tokens }
      }
      throw new Error('the engine ended without an end')
    },
    choose: (messages, choices, { signal } = {}) =>
      place(() => engine.choose({ messages, choices, ...(signal && { signal }) })),
  }
}
