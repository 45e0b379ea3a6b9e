import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Message } from '../../shared/protocol/message.ts'
import { parseWith } from '../../shared/protocol/parse.ts'
import { text } from '../../shared/protocol/text.ts'
import type { GenerateRequest, ModelInfo } from '../generate/engine.ts'

const wellFormed = z.string().refine((value) => value.isWellFormed(), {
  message: 'holds a lone surrogate: send well-formed Unicode',
  params: { code: 'invalid_text' },
})
const content = z.union([
  wellFormed,
  z
    .array(z.object({ type: z.literal('text'), text: wellFormed }))
    .transform((parts) => parts.map((part) => part.text).join('')),
])

/** What is read of `POST /v1/chat/completions`. Fields beyond these are ignored, as clients send many. */
const chatRequest = z.object({
  model: z.string(),
  messages: z
    .array(z.object({ role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']), content }))
    .min(1, 'must hold a message'),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nullish(),
  stop: z.union([text, z.array(text).max(4)]).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  n: z.literal(1).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  response_format: z.object({ type: z.string() }).nullish(),
})

/** A chat completion to make, and how its answer is to look. */
export type ChatCall = {
  request: GenerateRequest
  logprobs: boolean
  stream: boolean
  includeUsage: boolean
}

/** Reads a chat completion request for the model that is served. `randomSeed` is used when none is given. */
export function readChatRequest(body: unknown, model: ModelInfo, randomSeed: () => number): ChatCall {
  const chat = parseWith(chatRequest, body)
  requireModel(chat.model, model)
  const format = chat.response_format?.type
  if (format !== undefined && format !== 'text') {
    throw new PlumblineError(
      'invalid_request',
      `This worker writes free text alone: leave response_format out, or set instantiate to "select" and verdicts to "choose" in the model's entry.`,
      { param: 'response_format' },
    )
  }
  if (chat.top_logprobs && !chat.logprobs) {
    throw new PlumblineError('invalid_request', "'top_logprobs' needs logprobs to be true.", {
      param: 'top_logprobs',
    })
  }
  return {
    request: {
      messages: chat.messages.map(toMessage),
      maxTokens: chat.max_completion_tokens ?? chat.max_tokens ?? model.context,
      temperature: chat.temperature ?? 1,
      topP: chat.top_p ?? 1,
      seed: chat.seed ?? randomSeed(),
      stop: typeof chat.stop === 'string' ? [chat.stop] : (chat.stop ?? []),
      topLogprobs: chat.top_logprobs ?? 0,
    },
    logprobs: chat.logprobs ?? false,
    stream: chat.stream ?? false,
    includeUsage: chat.stream_options?.include_usage ?? false,
  }
}

/** Throws `model_not_found` unless the request names the model that is served, or none. */
export function requireModel(name: string | undefined, model: ModelInfo): void {
  if (name === undefined || name === model.id) return
  throw new PlumblineError('model_not_found', `This worker serves '${model.id}', not '${name}'.`, {
    param: 'model',
  })
}

function toMessage({ role, content }: z.infer<typeof chatRequest>['messages'][number]): Message {
  return { role: role === 'developer' ? 'system' : role, content }
}
