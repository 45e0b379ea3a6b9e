import * as z from 'zod'
import type { Message } from '../../shared/protocol/message.ts'

const ROLES = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
} as const satisfies Record<string, Message['role']>

const part = z.looseObject({
  text: z.string('must hold text: a judge of text sees no images, sounds or files'),
})

/** A message as chat clients write it: text, parts with text, or the call of a tool. */
export const chatMessage = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z.union([z.string(), z.array(part)]).nullish(),
  tool_calls: z.array(z.unknown()).nullish(),
})
export type ChatMessage = z.infer<typeof chatMessage>

/** A conversation with something said in it. */
export const chatMessages = z
  .array(chatMessage)
  .refine((messages) => readChat(messages).length > 0, 'must hold a message')

/** The messages of ours, without the empty ones, such as the open turn of the assistant, and without fields of others. */
export function readChat(messages: readonly ChatMessage[]): Message[] {
  return messages
    .map((message): Message => ({ role: ROLES[message.role], content: textOfChat(message) }))
    .filter(({ content }) => content !== '')
}

/** What a message says; the calls of tools in it as JSON, in the way of most chat templates. */
export function textOfChat({ content, tool_calls }: ChatMessage): string {
  const said = typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join('')
  const calls = (tool_calls ?? []).map((call) => `<tool_call>\n${JSON.stringify(call)}\n</tool_call>`)
  return [...(said === '' ? [] : [said]), ...calls].join('\n').toWellFormed()
}
