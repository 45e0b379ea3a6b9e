import { LRUCache } from 'lru-cache'
import type { Filed } from '../../shared/judge/filed.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Platform } from '../platform/platform.ts'

/** Finished judgments by their key, in front of the desks. */
export type Recent = {
  get(key: string): Filed | undefined
  set(key: string, filed: Filed): void
}

/**
 * Each isolate or process keeps its own for a minute at most: that long a `refresh` made elsewhere may go
 * unseen. Failures are never kept here, so that they are forgotten when the record says.
 */
export function createRecent(platform: Platform): Recent {
  const kept = new LRUCache<string, Filed>({
    maxSize: LIMITS.recentBytes,
    ttl: LIMITS.recentMs,
    // The cache's own timer would belong to one request of a Worker and end with it.
    ttlResolution: 0,
    perf: platform,
    sizeCalculation: (filed) => JSON.stringify(filed).length,
  })
  return {
    get: (key) => kept.get(key),
    set(key, filed) {
      if (filed.evidence.failure === null) kept.set(key, filed)
    },
  }
}
