import { LRUCache } from 'lru-cache'
import type { Memory } from '../../shared/model/memory.ts'

const PIECES = 2000

/** Pieces of judgments, in this process, the least recently used forgotten first. */
export function workerMemory(): Memory {
  const pieces = new LRUCache<string, Promise<unknown>>({ max: PIECES })
  return {
    recall<T>(key: string, make: () => Promise<T>): Promise<T> {
      const known = pieces.get(key)
      // A key names the kind of its piece, so what lies under it is what its maker made.
      if (known) return known as Promise<T>
      const made = make()
      pieces.set(key, made)
      made.catch(() => pieces.delete(key))
      return made
    },
  }
}
