import { LRUCache } from 'lru-cache'

/** Calls that wait for others to say something. */
export type Listeners = {
  tell(place: string): void
  /** Answers when something is or was told of the place, or when `ms` milliseconds have passed. */
  listen(place: string, ms: number): Promise<void>
}

export function createListeners(): Listeners {
  const waiting = new Map<string, Set<() => void>>()
  /** Places that something was told of: who comes to listen after it is not to wait for nothing. */
  const told = new LRUCache<string, true>({ max: 10_000 })
  return {
    tell(place) {
      told.set(place, true)
      for (const hear of waiting.get(place) ?? []) hear()
    },
    listen: (place, ms) =>
      new Promise((resolve) => {
        if (told.has(place)) return resolve()
        const those = waiting.get(place) ?? new Set()
        waiting.set(place, those)
        const hear = () => {
          clearTimeout(timer)
          those.delete(hear)
          if (those.size === 0) waiting.delete(place)
          resolve()
        }
        const timer = setTimeout(hear, ms)
        those.add(hear)
      }),
  }
}
