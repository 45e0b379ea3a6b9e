/** Calls that wait for others to say something. */
export type Listeners = {
  tell(place: string): void
  /** Answers when something is told of the place, or when `ms` milliseconds have passed. */
  listen(place: string, ms: number): Promise<void>
}

export function createListeners(): Listeners {
  const waiting = new Map<string, Set<() => void>>()
  return {
    tell(place) {
      for (const hear of waiting.get(place) ?? []) hear()
    },
    listen: (place, ms) =>
      new Promise((resolve) => {
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
