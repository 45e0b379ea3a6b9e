import type { Token } from './tokens.ts'
import { Unreadable } from './unreadable.ts'

/** Deepest nesting read. */
const MAX_DEPTH = 50

/** A place in the tokens of an answer. Every step of the parser takes what it reads from here. */
export class Cursor {
  readonly #tokens: Token[]
  #at = 0
  #depth = 0
  /** Whether a bar closes what is being read (|x|, {x | x > 1}) and can't open an absolute value. */
  barCloses = false

  constructor(tokens: Token[]) {
    this.#tokens = tokens
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead]
  }

  /** The sign at the cursor, or '' where there is none. */
  sign(ahead = 0): string {
    const token = this.peek(ahead)
    return token?.kind === 'sign' ? token.sign : ''
  }

  next(): Token {
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw new Unreadable()
    return token
  }

  /** Steps over the sign if it is here. */
  accept(sign: string): boolean {
    if (this.sign() !== sign) return false
    this.#at++
    return true
  }

  expect(sign: string) {
    if (!this.accept(sign)) throw new Unreadable()
  }

  /** Puts a token in the place of the one at the cursor. */
  replace(token: Token) {
    this.#tokens[this.#at] = token
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length
  }

  /** Runs `read` one level deeper. Throws `Unreadable` where the answer is nested too deeply. */
  inside<T>(read: () => T, barCloses = this.barCloses): T {
    if (++this.#depth > MAX_DEPTH) throw new Unreadable()
    const outer = this.barCloses
    this.barCloses = barCloses
    const result = read()
    this.barCloses = outer
    this.#depth--
    return result
  }
}
