import { SHARDS } from '../../../shared/identity/id.ts'
import { type Environment, readConfig } from '../config.ts'
import type { Platform } from '../platform.ts'
import { remoteDesk } from './remote-desk.ts'
import { workersTracer } from './tracing.ts'

/** The Workers platform: a desk is a Durable Object, one a shard. Throws `not_configured` for a wrong value. */
export function cloudflarePlatform(shards: Env['JUDGMENT_SHARD'], environment: Environment): Platform {
  const desk = (shard: number) => remoteDesk(shards.get(shards.idFromName(String(shard))))
  return {
    config: readConfig(environment),
    now: Date.now,
    desk,
    desks: () => Array.from({ length: SHARDS }, (_, shard) => desk(shard)),
    fetch: (url, init) => fetch(url, init),
    tracer: workersTracer(environment),
  }
}
