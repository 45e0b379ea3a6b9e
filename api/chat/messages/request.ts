import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { ChatRequest } from '../chat.ts'
import { messagesToolFields, toChatTools } from './tools.ts'

const block = z.looseObject({ type: z.string() })
const textBlock = z.looseObject({ type: z.literal('text'), text: z.string() })
const content = z.union([z.string(), z.array(block)])

/** What is read of Anthropic's `POST /v1/messages`; further fields, such as `metadata`, change nothing. */
export const messagesRequest = z.looseObject({
  model: z.string().min(1).optional(),
  messages: z
    .array(z.looseObject({ role: z.enum(['user', 'assistant', 'system']), content }))
    .min(1, 'must hold a message'),
  system: content.nullish(),
  max_tokens: z.int().min(1).nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  top_k: z.int().nullish(),
  stream: z.boolean().nullish(),
  plumbline: z.unknown().optional(),
  ...messagesToolFields,
})
export type MessagesRequest = z.infer<typeof messagesRequest>

/** Blocks of what a model thought before, which are of no use to another. */
const THOUGHTS: ReadonlySet<string> = new Set(['thinking', 'redacted_thinking'])

/** A request of Anthropic's Messages API as one for a chat completion. Throws `invalid_request` for what is no text. */
export function toChat(request: MessagesRequest): ChatRequest {
  const { model, system, max_tokens, stop_sequences, temperature, top_p, top_k, stream } = request
  const told = system == null ? '' : textOf(system, 'system')
  return {
    ...(model !== undefined && { model }),
    messages: [
      ...(told === '' ? [] : [{ role: 'system', content: told }]),
      ...request.messages.map(({ role, content }, at) => ({
        role,
        content: textOf(content, `messages.${at}.content`),
      })),
    ],
    ...(max_tokens != null && { max_tokens }),
    ...(stop_sequences?.length && { stop: stop_sequences }),
    ...(temperature != null && { temperature }),
    ...(top_p != null && { top_p }),
    ...(top_k != null && { top_k }),
    ...toChatTools(request),
    ...(stream && { stream, stream_options: { include_usage: true } }),
    ...(request.plumbline !== undefined && { plumbline: request.plumbline }),
  }
}

function textOf(given: z.infer<typeof content>, param: string): string {
  if (typeof given === 'string') return given
  const texts = given.flatMap((one, at) => {
    if (THOUGHTS.has(one.type)) return []
    const read = textBlock.safeParse(one)
    if (read.success) return read.data.text
    const message = `'${param}.${at}' is a block of type '${one.type.slice(0, 40)}', but models here read text alone.`
    throw new PlumblineError('invalid_request', message, { param: `${param}.${at}` })
  })
  return texts.join('\n\n')
}
