import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { cloudflarePlatform } from '../cloudflare/platform.ts'
import type { Environment } from '../config.ts'
import type { Platform } from '../platform.ts'

/** The objects make their own calls, so their way out is taken at the global `fetch`. */
export function openPlatform(environment: Environment, fetch: Platform['fetch']): Platform {
  vi.stubGlobal('fetch', fetch)
  return { ...cloudflarePlatform(env.JUDGMENT_SHARD, environment), fetch }
}
