import { SHARDS } from '../../../shared/identity/id.ts'
import { createApp } from '../../app.ts'
import { refusal } from '../../middleware/errors.ts'
import { readConfig } from '../config.ts'
import type { Platform } from '../platform.ts'
import { environmentOf } from './environment.ts'
import { remoteDesk } from './remote-desk.ts'

export { JudgmentShard } from './judgment-shard.ts'

type App = ReturnType<typeof createApp>
let app: App | undefined

function platformOf(env: Env): Platform {
  const shards = env.JUDGMENT_SHARD
  const desk = (shard: number) => remoteDesk(shards.get(shards.idFromName(String(shard))))
  return {
    config: readConfig(environmentOf(env)),
    now: Date.now,
    desk,
    desks: () => Array.from({ length: SHARDS }, (_, shard) => desk(shard)),
    fetch: (url, init) => fetch(url, init),
  }
}

export default {
  /** Every call of an isolate shares one app; a wrong configuration answers each call with a sentence. */
  fetch(request, env, ctx) {
    try {
      app ??= createApp(platformOf(env))
    } catch (error) {
      return refusal(error)
    }
    return app.fetch(request, env, ctx)
  },
} satisfies ExportedHandler<Env>
