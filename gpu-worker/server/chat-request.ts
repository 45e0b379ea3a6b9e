import * as z from 'zod'
import { withReplyForm } from '../../shared/graders/messages.ts'
import { seedOf } from '../../shared/identity/seed.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Message } from '../../shared/protocol/message.ts'
import { parseWith } from '../../shared/protocol/parse.ts'
import { text } from '../../shared/protocol/text.ts'
import type { Engine, GenerateRequest } from '../generate/engine.ts'
import { guidedFields, readConstraint, responseFormat } from './chat-constraint.ts'
import { refuseUnsupported } from './chat-refused.ts'
import { readForcedCall, toolFields } from './chat-tools.ts'
import { CALLER_CHARACTERS } from './life.ts'
import { functionCallPrompt } from './prompts/function-call.ts'
import { findModel } from './served-model.ts'

/** The most choices that one request may ask for. */
const MAX_CHOICES = 16

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

/** What is read of `POST /v1/chat/completions`. Of the other fields those that ask for something are refused. */
const chatRequest = z.object({
  model: z.string(),
  messages: z
    .array(
      z.object({
        role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
        // before `content`, which is null beside it
        tool_calls: z.array(z.unknown()).max(0, "isn't supported by this worker: leave it out").nullish(),
        content,
      }),
    )
    .min(1, 'must hold a message'),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nullish(),
  stop: z.union([text, z.array(text).max(4)]).nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  n: z.int().min(1).max(MAX_CHOICES).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  user: z.string().nullish(),
  response_format: responseFormat.nullish(),
  ...guidedFields,
  ...toolFields,
})

/** A chat completion to make, and how its answer is to look. */
export type ChatCall = {
  /** The model's name in the answer. */
  model: string
  /** One a choice, in the order of their indexes. */
  requests: GenerateRequest[]
  /** The function whose arguments the reply is, or null for a reply of text. */
  called: string | null
  logprobs: boolean
  stream: boolean
  includeUsage: boolean
}

/** What the request itself may not say. */
export type ChatDefaults = {
  /** Who asks, where there is no `user`. */
  caller: string | undefined
  seed: () => number
}

/**
 * Reads a chat completion request for an engine. The first choice is made with the request's seed, as if it
 * were the only one; each further one with a seed derived from that and its index.
 */
export async function readChatRequest(
  body: unknown,
  engine: Engine,
  defaults: ChatDefaults,
): Promise<ChatCall> {
  refuseUnsupported(parseWith(z.looseObject({}), body))
  const chat = parseWith(chatRequest, body)
  const { id, adapter } = findModel(chat.model, engine)
  if (chat.top_logprobs && !chat.logprobs) {
    throw new PlumblineError('invalid_request', "'top_logprobs' needs logprobs to be true.", {
      param: 'top_logprobs',
    })
  }
  const called = readForcedCall(chat)
  const constraint = readConstraint(chat, called?.parameters)
  const messages = chat.messages.map(toMessage)
  const caller = chat.user?.slice(0, CALLER_CHARACTERS) || defaults.caller
  const seed = chat.seed ?? defaults.seed()
  const request: GenerateRequest = {
    messages: called ? withReplyForm(messages, functionCallPrompt(called)) : messages,
    maxTokens: chat.max_completion_tokens ?? chat.max_tokens ?? engine.model.context,
    temperature: chat.temperature ?? 1,
    topP: chat.top_p ?? 1,
    seed,
    stop: typeof chat.stop === 'string' ? [chat.stop] : (chat.stop ?? []),
    topLogprobs: chat.top_logprobs ?? 0,
    ...(adapter && { adapter: adapter.name }),
    ...(caller && { caller }),
    ...(constraint && { constraint }),
  }
  const further = Array.from({ length: (chat.n ?? 1) - 1 }, (_, index) => seedOf(['choice', seed, index + 1]))
  const seeds = [seed, ...(await Promise.all(further))]
  return {
    model: id,
    requests: seeds.map((own) => ({ ...request, seed: own })),
    called: called?.name ?? null,
    logprobs: chat.logprobs ?? false,
    stream: chat.stream ?? false,
    includeUsage: chat.stream_options?.include_usage ?? false,
  }
}

function toMessage({ role, content }: z.infer<typeof chatRequest>['messages'][number]): Message {
  return { role: role === 'developer' ? 'system' : role, content }
}
