import { LRUCache } from 'lru-cache'
import type { Filed } from '../../shared/judge/filed.ts'
import type { View } from '../../shared/judge/pair/view.ts'
import { failureOf } from '../platform/desk/failure.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Platform } from '../platform/platform.ts'

/**
 * What a body asked for: the key of its judgment and how it is shown. `stamp` is that of the meta-rubrics when it was
 * read, where it asks for the newest of one.
 */
export type Asked = { key: string; view: View | null; stamp: string | null }

/** Finished judgments in front of the desks, by their key, and the keys of bodies that were read before. */
export type Recent = {
  find(key: string): Filed | undefined
  keep(key: string, filed: Filed): void
  findAsked(organisation: string, body: string): Asked | undefined
  keepAsked(organisation: string, body: string, asked: Asked): void
}

/**
 * Each isolate or process keeps its own for a minute at most: that long a `refresh` made elsewhere may go
 * unseen. Failures are never kept here, so that they are forgotten when the record says.
 */
export function createRecent(platform: Platform): Recent {
  const common = {
    maxSize: LIMITS.recentBytes,
    maxEntrySize: LIMITS.recentEntryBytes,
    ttl: LIMITS.recentMs,
    // The cache's own timer would belong to one request of a Worker and end with it.
    ttlResolution: 0,
    perf: platform,
  }
  const finished = new LRUCache<string, Filed>({
    ...common,
    sizeCalculation: (filed) => JSON.stringify(filed).length,
  })
  const bodies = new LRUCache<string, Asked>({ ...common, sizeCalculation: (_, body) => body.length })

  return {
    find: (key) => finished.get(key),
    keep(key, filed) {
      if (failureOf(filed) === null) finished.set(key, filed)
    },
    findAsked: (organisation, body) => bodies.get(`${organisation} ${body}`),
    keepAsked: (organisation, body, asked) => void bodies.set(`${organisation} ${body}`, asked),
  }
}
