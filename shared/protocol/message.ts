import * as z from 'zod'
import { text } from './text.ts'

export const message = z
  .strictObject({
    role: z.enum(['system', 'user', 'assistant', 'tool']),
    content: text,
  })
  .meta({ id: 'Message' })
export type Message = z.infer<typeof message>

/** A prompt as callers write it: one user message as a string, or the conversation so far. */
export const prompt = z.union([text, z.array(message).min(1, 'must hold a message')]).meta({ id: 'Prompt' })
export type Prompt = z.infer<typeof prompt>

/** The prompt as messages. A string is one user message. */
export function toMessages(value: Prompt): Message[] {
  return typeof value === 'string' ? [{ role: 'user', content: value }] : value
}

/** What the user said last: the prompt as a verifier sees it; null where the user said nothing. */
export function lastUserText(value: Prompt): string | null {
  return toMessages(value).findLast(({ role }) => role === 'user')?.content ?? null
}
