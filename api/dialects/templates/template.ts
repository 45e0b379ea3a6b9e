import type { Message } from '../../../shared/protocol/message.ts'

/** How a family of models writes a conversation as one text. */
export type ChatTemplate = {
  /** The families. */
  name: string
  /** Opens a turn; the first of its groups that matched says whose. */
  header: RegExp
  /** What ends a turn, where anything does. */
  closing: readonly string[]
  /** The text begins with this, which tells it from other templates with the same headers. */
  begins?: string
  /** The system prompt stands before the first header, without one of its own. */
  preamble?: true
  /** White space around what a turn says is the template's. */
  trim?: true | undefined
  /** Generation stops at a header, so that none is of the response's own making. */
  headersStop?: true
  /** The headers are words that a text may hold by chance: user and assistant must take turns. */
  words?: true
  /** The messages that a turn is, where it is not just what it says. */
  turn?: (said: Message) => Message[]
}

/** Whose turn each word opens, in small letters; null for what is the template's own. */
const ROLES: Readonly<Record<string, Message['role'] | null>> = {
  system: 'system',
  developer: 'system',
  system_prompt: 'system',
  available_tools: 'system',
  tools: 'system',
  documents: 'system',
  user: 'user',
  human: 'user',
  inst: 'user',
  '### instruction': 'user',
  assistant: 'assistant',
  model: 'assistant',
  chatbot: 'assistant',
  ai: 'assistant',
  '/inst': 'assistant',
  '/tool_results': 'assistant',
  'tool▁output▁end': 'assistant',
  'tool▁outputs▁end': 'assistant',
  '### response': 'assistant',
  tool: 'tool',
  ipython: 'tool',
  observation: 'tool',
  tool_response: 'tool',
  tool_results: 'tool',
  'tool▁output▁begin': 'tool',
  'tool▁outputs▁begin': 'tool',
  '/system_prompt': null,
  '/available_tools': null,
}

/** Whose turn a match of a header opens; null for nobody's. */
export function roleOf(header: RegExpMatchArray): Message['role'] | null {
  const word = header.slice(1).find((group) => group !== undefined) ?? ''
  return word.startsWith('functions.') ? 'tool' : (ROLES[word.toLowerCase()] ?? null)
}
