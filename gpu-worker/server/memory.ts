import { LRUCache } from 'lru-cache'
import type { Memory } from '../../shared/model/memory.ts'

const PIECES = 2000

/** Pieces of judgments, in this process, the least recently used forgotten first. */
export function workerMemory(): Memory {
  const pieces = new LRUCache<string, Promise<unknown>>({ max: PIECES })
  return {
    recall<T>(key: string, make: () => Promise<T>): Promise<T> {
      // A key names the kind of its piece, so what lies under it is what its maker made.
      const known = pieces.get(key) as Promise<T> | undefined
      // The maker's caller may have hung up, which is no failure of those who waited with it.
      if (known) return known.catch(() => this.recall(key, make))
      const made = make()
      pieces.set(key, made)
      made.catch(() => pieces.delete(key))
      return made
    },
  }
}
