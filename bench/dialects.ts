import type { Dialect } from '../api/dialects/dialect.ts'
import { DIALECTS } from '../api/routes/dialects.ts'
import { startModelServer } from '../test/model-server/model-server.ts'
import { load, poster } from './load.ts'
import { RUNTIMES, type Runtime, type Server, startPlumbline } from './servers.ts'
import { quantile, report } from './statistics.ts'

/**
 * `npm run bench:dialects`: every dialect around a judge that answers at once, by the example that `GET` on its URL gives,
 * each beside `/v1/rewards` with the same sample, turn by turn in one run: samples that nobody has judged before,
 * and one that lies in the record.
 */
const ROUNDS = 2
const ROUND_MS = 300
const AT_ONCE = 16
const QUESTION = '2+2?'

/** The dialects, each at the first of its paths. */
const PATHS = new Map<Dialect, string>(
  Object.entries(DIALECTS)
    .toReversed()
    .map(([path, dialect]) => [dialect, path]),
)

const NATIVE = {
  path: '/v1/rewards',
  body: JSON.stringify({ protocol: 'pointwise', prompt: QUESTION, responses: ['4'] }),
}

let asked = 0

/** The body with a question that nobody has asked. */
function fresh(body: string): string {
  asked++
  return body.replaceAll(QUESTION, `2+2+${asked}?`)
}

type Way = { path: string; body: string }

async function beside(
  edge: Server,
  ways: readonly Way[],
  concurrency: number,
  make: (body: string) => string,
) {
  const posters = ways.map(({ path }) => poster(`${edge.url}${path}`, concurrency))
  const found = ways.map(() => ({ rates: [] as number[], latencies: [] as number[] }))
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [at, { body }] of ways.entries()) {
      const { perSecond, latencies } = await load(
        async () => posters[at]?.post(make(body)),
        concurrency,
        ROUND_MS,
      )
      if (round === 0) continue
      found[at]?.rates.push(perSecond)
      found[at]?.latencies.push(...latencies)
    }
  }
  for (const { close } of posters) close()
  return found.map(({ rates, latencies }) => ({ rate: quantile(rates, 0.5), p50: quantile(latencies, 0.5) }))
}

async function measure(runtime: Runtime, edge: Server, dialect: Dialect, path: string): Promise<void> {
  const ways = [{ path, body: JSON.stringify(dialect.example.request) }, NATIVE]
  const kinds = { 'a sample not judged before': fresh, 'a sample in the record': (body: string) => body }
  for (const [kind, make] of Object.entries(kinds)) {
    const against = `${NATIVE.path} with the same sample`
    const name = `${path}, ${kind}, ${runtime}`
    const [one, native] = await beside(edge, ways, 1, make)
    const [many, nativeMany] = await beside(edge, ways, AT_ONCE, make)
    if (!one || !native || !many || !nativeMany) continue
    report({ name: `${name}, p50`, value: one.p50, unit: 'ms', against, ratio: one.p50 / native.p50 })
    report({
      ...{ name: `${name}, c=${AT_ONCE}`, value: many.rate, unit: 'requests/s', against },
      ratio: many.rate / nativeMany.rate,
    })
  }
}

for (const runtime of RUNTIMES) {
  const models = { model: await startModelServer(), slow: await startModelServer() }
  const edge = await startPlumbline(runtime, models)
  for (const [dialect, path] of PATHS) await measure(runtime, edge, dialect, path)
  await edge.close()
  await models.model.close()
  await models.slow.close()
}
