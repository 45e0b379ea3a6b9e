import { LRUCache } from 'lru-cache'
import type { Shelf } from '../platform/desk/shelf.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Platform } from '../platform/platform.ts'

/** The highest version of each name that an organisation has filed. */
export type Numbers = Awaited<ReturnType<Shelf['newest']>>

/** Which versions are the newest: as the shelf has it, or as it was a moment ago. */
export type Newest = {
  read(organisation: string): Promise<Numbers>
  /** At most `LIMITS.newestMs` old, and never older than what was filed here: without a call to the shelf, mostly. */
  recent(organisation: string): Promise<Numbers>
  /** To be called once something was filed. */
  forget(organisation: string): void
}

const ORGANISATIONS = 1000

/** One for each isolate or process: what another files is seen when its turn is over. */
export function createNewest({ shelf, now }: Pick<Platform, 'shelf' | 'now'>): Newest {
  const kept = new LRUCache<string, Numbers>({
    max: ORGANISATIONS,
    ttl: LIMITS.newestMs,
    // The cache's own timer would belong to one request of a Worker and end with it.
    ttlResolution: 0,
    perf: { now },
  })
  let filings = 0

  return {
    read: (organisation) => shelf.newest(organisation),
    async recent(organisation) {
      const known = kept.get(organisation)
      if (known) return known
      const [before, start] = [filings, now()]
      const numbers = await shelf.newest(organisation)
      // What was filed while it was read may be missing from it.
      if (before === filings) kept.set(organisation, numbers, { start })
      return numbers
    },
    forget(organisation) {
      filings++
      kept.delete(organisation)
    },
  }
}
