import type { Message } from '../protocol/message.ts'

/** A prompt as one text: a single user message as it is, a conversation with the role before each turn. */
export function transcript(messages: Message[]): string {
  const [only, ...more] = messages
  if (only?.role === 'user' && more.length === 0) return only.content
  return messages.map(({ role, content }) => `[${role}]\n${content}`).join('\n\n')
}
