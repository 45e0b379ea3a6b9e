import * as z from 'zod'
import type { TokenCount } from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import type { Outbound } from './limited-fetch.ts'
import { failedReply, readJson } from './model-reply.ts'

const tokenLogprob = z.object({ token: z.string(), logprob: z.number() })
const count = z.int().min(0)

/** What is read of an OpenAI-compatible chat completion; servers add much and leave out usage. */
const chatCompletion = z.object({
  choices: z.tuple(
    [
      z.object({
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
        finish_reason: z.string().nullish(),
        logprobs: z
          .object({
            content: z
              .array(tokenLogprob.extend({ top_logprobs: z.array(tokenLogprob).nullish() }))
              .nullish(),
          })
          .nullish(),
      }),
    ],
    z.unknown(),
  ),
  usage: z
    .object({
      prompt_tokens: count.nullish(),
      completion_tokens: count.nullish(),
      prompt_tokens_details: z.object({ cached_tokens: count.nullish() }).nullish(),
    })
    .nullish(),
})
export type ChatCompletion = z.infer<typeof chatCompletion>
export type TokenLogprob = z.infer<typeof tokenLogprob> & {
  top_logprobs?: z.infer<typeof tokenLogprob>[] | null | undefined
}

/** Reads a reply. Throws `reply_not_json`, `reply_invalid`, or what `failedReply` makes of an HTTP error. */
export async function readCompletion(
  entry: ModelEntry,
  reply: Response,
  environment: Outbound['environment'],
): Promise<ChatCompletion> {
  if (!reply.ok) throw await failedReply(entry, reply, environment)
  const parsed = chatCompletion.safeParse(await readJson(entry, reply))
  if (parsed.success) return parsed.data
  const where = parsed.error.issues[0]?.path.join('.') || 'its body'
  throw new PlumblineError(
    'reply_invalid',
    `Model '${entry.id}' did not answer with a chat completion (${where} is wrong): check its base_url.`,
  )
}

/** Tokens of a completion; 0 where the server does not say. */
export function countTokens({ usage }: ChatCompletion): TokenCount {
  return {
    prompt: usage?.prompt_tokens ?? 0,
    completion: usage?.completion_tokens ?? 0,
    cached: usage?.prompt_tokens_details?.cached_tokens ?? 0,
  }
}
