import type { Message } from '../../../shared/protocol/message.ts'
import { type ChatTemplate, roleOf } from './template.ts'

/** A turn of a templated text: what it says lies from `from` to `to`, with what closes it. */
type Turn = { role: Message['role'] | null; header: number; from: number; to: number }

/** A text, without what tokenizers put before it, as turns in one template. */
export type Conversation = { template: ChatTemplate; text: string; turns: readonly [Turn, ...Turn[]] }

/** The conversation that a text is in this template; null where it is in another. */
export function readTurns(body: string, template: ChatTemplate): Conversation | null {
  const { begins = '', header, preamble } = template
  if (!body.startsWith(begins)) return null
  const text = body.slice(begins.length)
  const headers = [...text.matchAll(header)]
  const [first, ...others] = headers.map((found, at) => ({
    role: roleOf(found),
    header: found.index,
    from: found.index + found[0].length,
    to: headers[at + 1]?.index ?? text.length,
  }))
  if (!first || (first.header > 0 && !preamble)) return null
  return { template, text, turns: [first, ...others] }
}

/**
 * Where the response of a whole conversation begins; null where the assistant has no turn. `first` is the first turn of
 * the assistant, which no response can fake. `last` is for conversations of several turns: the last one, of those that
 * others opened where generation had stopped, so that a turn in the middle of a response is none.
 */
export function responseBegins(
  { template, text, turns }: Conversation,
  which: 'first' | 'last',
): number | null {
  let begins: number | null = null
  let speaks = false
  for (const { role, header, from } of turns) {
    const before = text.slice(0, header).trimEnd()
    const stopped = template.headersStop || template.closing.some((token) => before.endsWith(token))
    if (speaks && (role === 'assistant' || !stopped)) continue
    speaks = role === 'assistant'
    if (!speaks) continue
    if (which === 'first') return from
    begins = from
  }
  return begins
}

/** What the open turn of the assistant says so far, if there is one, and the messages before it. */
export function readMessages({ template, text, turns }: Conversation): { prompt: Message[]; begun: string } {
  const last = turns.at(-1)
  const open = last?.role === 'assistant' ? last : undefined
  const [first] = turns
  const messages = (open ? turns.slice(0, -1) : turns).flatMap(({ role, from, to }) =>
    role === null ? [] : { role, content: whatIsSaid(text.slice(from, to), role, template) },
  )
  const before: Message = { role: 'system', content: text.slice(0, first.header).trim() }
  const said = [before, ...messages].filter(({ content }) => content !== '')
  const prompt = template.turn ? said.flatMap(template.turn) : said
  return {
    prompt: prompt.filter(({ content }) => content !== ''),
    begun: open ? whatIsSaid(text.slice(open.from), 'assistant', { ...template, trim: undefined }) : '',
  }
}

/**
 * Whether user and assistant take turns, and the assistant is to say something now: then words are headers, and not in a
 * text by chance.
 */
export function takeTurns({ text, turns }: Conversation): boolean {
  if (text.slice(turns.at(-1)?.from).trim() !== '') return false
  const spoken = turns[0].role === 'system' ? turns.slice(1) : turns
  const inTurn = spoken.every(({ role }, at) => role === (at % 2 === 0 ? 'user' : 'assistant'))
  return inTurn && spoken.length > 0 && spoken.length % 2 === 0
}

/** What templates write where a model is to answer, or has answered, without thinking. */
const NO_THOUGHTS =
  /^\s*(?:(?:<think>)?\s*<\/think>|<\|channel>thought\n<channel\|>|<\|START_THINKING\|><\|END_THINKING\|>)\s*/

function whatIsSaid(
  turn: string,
  role: Message['role'],
  { closing, trim }: Pick<ChatTemplate, 'closing' | 'trim'>,
) {
  const open = withoutTokens(turn, closing)
  const said = role === 'assistant' ? open.replace(NO_THOUGHTS, '') : open
  return trim ? said.trim() : said
}

/** The text without the tokens, and the white space between them, that end it. */
export function withoutTokens(text: string, tokens: readonly string[]): string {
  let rest = text
  for (;;) {
    const trimmed = rest.trimEnd()
    const token = tokens.find((candidate) => trimmed.endsWith(candidate))
    if (token === undefined) return rest
    rest = trimmed.slice(0, -token.length)
  }
}
