/** What was made on a device and not disposed of: the device must outlive it. */
export class Living {
  readonly #members = new Set<object>()
  #ended = false

  /** Throws `TypeError` after the device's end. */
  add(member: object): void {
    if (this.#ended) throw new TypeError('this device was disposed of')
    this.#members.add(member)
  }

  delete(member: object): void {
    this.#members.delete(member)
  }

  /** Counts what is being made too. */
  async during<T>(body: () => Promise<T>): Promise<T> {
    this.add(body)
    try {
      return await body()
    } finally {
      this.delete(body)
    }
  }

  /** Calls `release`, once. Throws `TypeError` while something lives. */
  end(release: () => void): void {
    if (this.#ended) return
    if (this.#members.size > 0) {
      throw new TypeError(`${this.#members.size} of the device's tensors and sessions were not disposed of`)
    }
    this.#ended = true
    release()
  }
}
