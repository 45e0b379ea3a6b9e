import { startModelServer } from '../test/model-server/model-server.ts'
import { measureCached } from './cached.ts'
import { RUNTIMES, startPlumbline } from './servers.ts'
import { measureUncached } from './uncached.ts'
import { measureUrlTokens } from './url-tokens.ts'

/** `npm run bench`: a JSON object a line, in about two minutes, over the loopback alone. */
const models = { model: await startModelServer(), slow: await startModelServer({ delayMs: 20 }) }
for (const runtime of RUNTIMES) {
  const edge = await startPlumbline(runtime, models)
  await measureCached(runtime, edge)
  await measureUrlTokens(runtime, edge)
  await measureUncached(runtime, edge, models)
  await edge.close()
}
await models.model.close()
await models.slow.close()
