import * as z from 'zod'
import type { GenerateOptions } from '../model/language-model.ts'

const count = z.int().min(1).nullish()

/** How a grading model is sampled; OpenAI's own name for the limit of tokens has an `s` too many. */
export const samplingParams = z
  .object({
    seed: z.int().nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    max_completions_tokens: count,
    max_completion_tokens: count,
    reasoning_effort: z.string().max(32).nullish(),
  })
  .nullish()

/** The same as options of a call; what is left out is the model entry's own default, and the temperature 0. */
export function samplingOptions(given: z.infer<typeof samplingParams>): GenerateOptions {
  const { seed, temperature, top_p, reasoning_effort } = given ?? {}
  const maxTokens = given?.max_completion_tokens ?? given?.max_completions_tokens
  return {
    ...(seed != null && { seed }),
    ...(temperature != null && { temperature }),
    ...(top_p != null && { topP: top_p }),
    ...(maxTokens != null && { maxTokens }),
    ...(reasoning_effort != null && { reasoningEffort: reasoning_effort }),
  }
}
