import type { Environment } from '../platform/config.ts'
import type { Platform } from '../platform/platform.ts'
import { serverPlatform } from '../platform/server/platform.ts'
import { openSqlite } from '../platform/server/sqlite.ts'

export function openPlatform(environment: Environment, fetch: Platform['fetch']): Platform {
  return serverPlatform(environment, openSqlite(':memory:'), fetch)
}
