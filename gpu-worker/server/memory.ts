import { LRUCache } from 'lru-cache'
import type { Memory } from '../../shared/model/memory.ts'
import type { CacheMode } from '../../shared/protocol/judgment.ts'

const PIECES = 2000

/** Pieces of judgments that a process remembers. */
export type WorkerMemory = Memory & {
  /** Remembers a piece in the place of any other of its key. */
  keep(key: string, piece: unknown): void
}

/** An empty memory, in this process, which forgets the least recently used pieces first. */
export function workerMemory(): WorkerMemory {
  const pieces = new LRUCache<string, Promise<unknown>>({ max: PIECES })
  return {
    recall<T>(key: string, make: () => Promise<T>): Promise<T> {
      // A key names the kind of its piece, so what lies under it is what its maker made.
      const known = pieces.get(key) as Promise<T> | undefined
      // The maker's caller may have hung up, which is no failure of those who waited with it.
      if (known) return known.catch(() => this.recall(key, make))
      const made = make()
      pieces.set(key, made)
      made.catch(() => {
        if (pieces.get(key) === made) pieces.delete(key)
      })
      return made
    },
    keep: (key, piece) => void pieces.set(key, Promise.resolve(piece)),
  }
}

/**
 * What one call recalls, for all of its judgments: with `use` whatever the worker remembers; else only what the call
 * made itself, which `refresh` leaves in the worker's memory and `off` does not.
 */
export function memoryOfCall(worker: WorkerMemory, cache: CacheMode = 'use'): Memory {
  if (cache === 'use') return worker
  const own = workerMemory()
  return {
    recall: (key, make) =>
      own.recall(key, async () => {
        const piece = await make()
        if (cache === 'refresh') worker.keep(key, piece)
        return piece
      }),
  }
}
