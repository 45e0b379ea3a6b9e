import type { LanguageModel } from '../model/language-model.ts'
import type { Trace } from './trace.ts'

/** The same model with its calls made within a span. */
export function callsWithin(trace: Trace | undefined, model: LanguageModel): LanguageModel {
  if (!trace) return model
  return {
    ...model,
    generate: (messages, options) => model.generate(messages, { ...options, trace }),
    choose: (messages, choices, options) => model.choose(messages, choices, { ...options, trace }),
  }
}
