import type { Prompt } from '../../shared/protocol/message.ts'
import { readMessages, readTurns, responseBegins, takeTurns, withoutTokens } from './templates/read-turns.ts'
import { CLOSING, OPENING, TEMPLATES } from './templates/templates.ts'

/** Whether text is special tokens alone: padding on the left, a beginning that the tokenizer put before a template's. */
export function isPadding(text: string): boolean {
  return withoutTokens(text, [...CLOSING, ...OPENING]).trim() === ''
}

/** The text without the special tokens, and the white space between them, that end it. */
export function withoutClosing(text: string): string {
  return withoutTokens(text, CLOSING)
}

/**
 * Templated text as the messages that it was made from, and what the assistant's open turn already says. Text in no
 * known template is one user message. The text must be a prompt: a turn that a response opens would be one of it.
 */
export function readPrompt(text: string): { prompt: Prompt; begun: string } {
  const body = withoutOpening(text)
  for (const template of TEMPLATES) {
    const conversation = readTurns(body, template)
    if (!conversation || (template.words && !takeTurns(conversation))) continue
    const { prompt, begun } = readMessages(conversation)
    if (prompt.length > 0) return { prompt, begun }
  }
  return { prompt: text, begun: '' }
}

/**
 * A whole conversation in a known template, cut where the response begins: at the assistant's first turn, or at its last
 * one (see `responseBegins`). Null in no known template.
 */
export function splitConversation(
  text: string,
  which: 'first' | 'last' = 'last',
): { prompt: string; response: string } | null {
  const body = withoutOpening(text)
  for (const template of TEMPLATES) {
    const conversation = readTurns(body, template)
    if (!conversation || (template.words && conversation.turns[0].role !== 'user')) continue
    const begins = responseBegins(conversation, which)
    if (begins === null || begins === conversation.turns[0].from) continue
    const { begins: mark = '' } = template
    return { prompt: mark + conversation.text.slice(0, begins), response: conversation.text.slice(begins) }
  }
  return null
}

function withoutOpening(text: string): string {
  let rest = text
  for (;;) {
    const trimmed = rest.trimStart()
    const token = OPENING.find((candidate) => trimmed.startsWith(candidate))
    if (token === undefined) return rest
    rest = trimmed.slice(token.length).trimStart()
  }
}
