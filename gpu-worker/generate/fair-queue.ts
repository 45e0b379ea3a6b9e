/** Items of several callers, served in turn: one of each caller after the other, each caller's in order of arrival. */
export class FairQueue<Item> {
  /** Callers in the order in which they are served next. */
  readonly #callers = new Map<string, Item[]>()

  get size(): number {
    let size = 0
    for (const items of this.#callers.values()) size += items.length
    return size
  }

  *items(): Iterable<Item> {
    for (const items of this.#callers.values()) yield* items
  }

  push(caller: string, item: Item): void {
    const items = this.#callers.get(caller)
    if (items) items.push(item)
    else this.#callers.set(caller, [item])
  }

  /** Who is next. */
  peek(): Item | null {
    const [first] = this.#callers
    return first?.[1][0] ?? null
  }

  /** Takes the first item that is accepted, in the order of service; its caller goes to the end of the line. */
  take(accepts: (item: Item) => boolean = () => true): Item | null {
    for (const [caller, items] of this.#callers) {
      const at = items.findIndex(accepts)
      const [item] = at < 0 ? [] : items.splice(at, 1)
      if (item === undefined) continue
      this.#callers.delete(caller)
      if (items.length > 0) this.#callers.set(caller, items)
      return item
    }
    return null
  }

  /** Whether the item was still waiting; it is no longer. */
  remove(item: Item): boolean {
    for (const [caller, items] of this.#callers) {
      const at = items.indexOf(item)
      if (at < 0) continue
      items.splice(at, 1)
      if (items.length === 0) this.#callers.delete(caller)
      return true
    }
    return false
  }
}
