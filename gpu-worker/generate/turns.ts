/**
 * Lets asynchronous work happen one piece at a time, in order of arrival: who takes a turn after each piece alternates
 * with the others.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()
  #over: { reason: unknown } | null = null

  /** Runs the work when its turn comes. Throws the reason of the end after it. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => {
      if (this.#over) throw this.#over.reason
      return work()
    })
    // A piece that fails is its owner's business alone.
    this.#last = result.catch(() => {})
    return result
  }

  /** Ends all turns but the one under way, and waits for that. */
  async end(reason: unknown): Promise<void> {
    this.#over ??= { reason }
    await this.#last
  }
}
