import type { Environment } from '../config.ts'
import type { Platform } from '../platform.ts'
import { serverPlatform } from '../server/platform.ts'
import { openSqlite } from '../server/sqlite.ts'

export function openPlatform(environment: Environment, fetch: Platform['fetch']): Platform {
  return serverPlatform(environment, openSqlite(':memory:'), fetch)
}
