import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Message } from '../../shared/protocol/message.ts'
import type { Chat } from '../text/chat.ts'

/** A text is cut into tokens until it has so many times those that fit: most who send too much learn how much it is. */
const COUNTED = 4

/** Turns requests' messages into tokens, and refuses what the model can't hold. */
export class Prompt {
  readonly #chat: Chat
  readonly #longest: number
  readonly #context: number

  /** `longest` is how many characters a token has at the most. */
  constructor(chat: Chat, longest: number, context: number) {
    this.#chat = chat
    this.#longest = longest
    this.#context = context
  }

  /** The tokens of a conversation that leaves room for so many more. Throws `context_exceeded` and `invalid_request`. */
  tokens(messages: readonly Message[], room: number): number[] {
    // Cutting megabytes into tokens would hold everybody up; what can't fit however it is cut is refused first.
    const characters = messages.reduce((sum, { content }) => sum + content.length, 0)
    this.check(Math.max(1, Math.ceil(characters / this.#longest)), room, 'at least ')
    const most = COUNTED * this.#context
    const tokens = this.#chat(messages, most)
    this.check(tokens.length, room, tokens.length > most ? 'at least ' : '')
    return tokens
  }

  /** Throws for a text of so many tokens that leaves no room for more. */
  check(length: number, room: number, bound = ''): void {
    if (length === 0) {
      throw new PlumblineError('invalid_request', 'The text has no tokens; send at least one.')
    }
    if (length + room <= this.#context) return
    throw new PlumblineError(
      'context_exceeded',
      `The text takes ${bound}${length} tokens and needs room for ${room} more, but the model holds ` +
        `${this.#context}; shorten it.`,
    )
  }
}
