/**
 * The visible text of a reply while its tokens arrive: UTF-8 sequences are completed before they show, and
 * what may turn out to be a stop string is held back. Nothing from the first stop string on is ever shown.
 */
export class ReplyText {
  readonly #decoder = new TextDecoder()
  readonly #stops: readonly string[]
  #held = ''
  #stopped = false

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '')
  }

  /** Whether a stop string has been written. */
  get stopped(): boolean {
    return this.#stopped
  }

  /** Takes a token's bytes and returns the text that is sure now. */
  push(bytes: Uint8Array): string {
    return this.#show(this.#decoder.decode(bytes, { stream: true }), false)
  }

  /** The reply is over: returns what was held back. */
  end(): string {
    return this.#show(this.#decoder.decode(), true)
  }

  #show(text: string, all: boolean): string {
    if (this.#stopped) return ''
    this.#held += text
    const stop = this.#firstStop()
    this.#stopped = stop !== null
    const sure = stop ?? (all ? this.#held.length : this.#openStop())
    const shown = this.#held.slice(0, sure)
    this.#held = this.#held.slice(sure)
    return shown
  }

  /** Where the stop string begins that was complete first, however the text came in pieces; null for none. */
  #firstStop(): number | null {
    const found = this.#stops
      .map((stop) => ({ start: this.#held.indexOf(stop), length: stop.length }))
      .filter(({ start }) => start >= 0)
      .map(({ start, length }) => ({ start, end: start + length }))
    found.sort((a, b) => a.end - b.end || a.start - b.start)
    return found[0]?.start ?? null
  }

  /** Where the held text begins to look like a stop string; its length if nowhere. */
  #openStop(): number {
    const from = Math.max(0, this.#held.length - Math.max(0, ...this.#stops.map((stop) => stop.length)))
    for (let at = from; at < this.#held.length; at++) {
      const tail = this.#held.slice(at)
      if (this.#stops.some((stop) => stop.startsWith(tail))) return at
    }
    return this.#held.length
  }
}
