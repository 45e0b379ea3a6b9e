import type { Conversation } from '../../../shared/protocol/training/supervised.ts'
import type { Sampler } from '../sampler.ts'

/** Tokens of which some are to be learnt: the first is not. */
export type LearntText = { tokens: readonly number[]; learnt: readonly boolean[] }

/** How a model writes conversations. */
export type Writing = Pick<Sampler, 'prompt' | 'encode' | 'end'>

/**
 * A conversation as the model would see it when it writes each of its turns: the prompt up to the turn, then the turn and
 * the token that ends it, which are learnt unless their weight is 0. Turns share a text where the one's prompt goes on
 * from the other's reply; templates that show earlier turns otherwise than they were written make a text for each.
 */
export function conversationTexts(
  { messages }: Conversation,
  { prompt, encode, end }: Writing,
): LearntText[] {
  const texts: { tokens: number[]; learnt: boolean[] }[] = []
  for (const [turn, { role, content, weight }] of messages.entries()) {
    if (role !== 'assistant' || weight === 0) continue
    const before = prompt(
      messages.slice(0, turn).map((message) => ({ role: message.role, content: message.content })),
    )
    const reply = [...encode(content), end]
    const last = texts.at(-1)
    const text = last && startsWith(before, last.tokens) ? last : { tokens: [], learnt: [] }
    if (text !== last) texts.push(text)
    const context = before.slice(text.tokens.length)
    text.tokens.push(...context, ...reply)
    text.learnt.push(...context.map(() => false), ...reply.map(() => true))
  }
  return texts
}

function startsWith(tokens: readonly number[], beginning: readonly number[]): boolean {
  return beginning.length <= tokens.length && beginning.every((token, i) => token === tokens[i])
}
