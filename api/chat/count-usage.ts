import * as z from 'zod'
import type { TokenCount } from '../../shared/model/language-model.ts'

const count = z.int().min(0).nullish()

/** The tokens that a completion, or the last event of a stream, says that it took. */
const counted = z.object({
  usage: z.object({
    prompt_tokens: count,
    completion_tokens: count,
    prompt_tokens_details: z.object({ cached_tokens: count }).nullish(),
  }),
})

/** The tokens of a completion; 0 where its server does not say. */
export function countUsage(completion: unknown): TokenCount {
  const read = counted.safeParse(completion)
  const usage = read.success ? read.data.usage : undefined
  return {
    prompt: usage?.prompt_tokens ?? 0,
    completion: usage?.completion_tokens ?? 0,
    cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
  }
}
