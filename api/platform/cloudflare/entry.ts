import { createApp } from '../../app.ts'
import { refusal } from '../../middleware/errors.ts'
import { environmentOf } from './environment.ts'
import { cloudflarePlatform } from './platform.ts'

export { JudgmentShard } from './judgment-shard.ts'

let app: ReturnType<typeof createApp> | undefined

export default {
  /** Every call of an isolate shares one app; a wrong configuration answers each call with a sentence. */
  fetch(request, env, ctx) {
    try {
      app ??= createApp(cloudflarePlatform(env.JUDGMENT_SHARD, environmentOf(env)))
    } catch (error) {
      return refusal(error)
    }
    return app.fetch(request, env, ctx)
  },
} satisfies ExportedHandler<Env>
