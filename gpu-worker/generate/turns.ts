/** Lets asynchronous work happen one piece at a time, in order of arrival: who takes a turn after each piece alternates with the others. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs the work when its turn comes. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    // A piece that fails is its owner's business alone.
    this.#last = result.catch(() => {})
    return result
  }
}
