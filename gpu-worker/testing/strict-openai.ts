import * as z from 'zod'

const logprob = z.strictObject({ token: z.string(), logprob: z.number(), bytes: z.array(z.int()) })
const logprobs = z
  .strictObject({
    content: z.array(logprob.extend({ top_logprobs: z.array(logprob) })),
    refusal: z.null(),
  })
  .nullable()
const usage = z.strictObject({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  prompt_tokens_details: z.strictObject({ cached_tokens: z.int() }),
})
const head = { id: z.string().startsWith('chatcmpl-'), created: z.int(), model: z.string() }

const index = z.int().min(0)
const choice = z.strictObject({
  index,
  message: z.strictObject({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
  logprobs,
  finish_reason: z.enum(['stop', 'length']),
})

/** A chat completion as strict OpenAI clients read it. */
export const chatCompletion = z.strictObject({
  ...head,
  object: z.literal('chat.completion'),
  choices: z.tuple([choice], choice),
  usage,
})
/** One event of a streamed completion. */
export const chunk = z.strictObject({
  ...head,
  object: z.literal('chat.completion.chunk'),
  choices: z
    .array(
      z.strictObject({
        index,
        delta: z.strictObject({ role: z.literal('assistant').optional(), content: z.string().optional() }),
        logprobs,
        finish_reason: z.enum(['stop', 'length']).nullable(),
      }),
    )
    .max(1),
  usage: usage.nullish(),
})
