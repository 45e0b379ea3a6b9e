import { type Load, load, poster } from './load.ts'
import { type Runtime, type Server, startPlain } from './servers.ts'
import { median, quantile, report } from './statistics.ts'

const ROUNDS = 5
const ROUND_MS = 1000
const WARM_UP_MS = 1500
const CONCURRENCIES = [1, 16]

/** About 3 KB, as trainers send it. */
const BODY = JSON.stringify({
  prompt: `Explain why the sky is blue. ${'Be brief. '.repeat(100)}`,
  responses: [`GOOD: sunlight is scattered. ${'word '.repeat(200)}`, `I do not know. ${'word '.repeat(200)}`],
})

/** Cached judgments a second beside the plain route: turn by turn in one run, the median of the rounds. */
export async function measureCached(runtime: Runtime, edge: Server): Promise<void> {
  const connections = Math.max(...CONCURRENCIES)
  const judged = poster(`${edge.url}/v1/judgments`, connections)
  await judged.post(BODY)
  const plain = await startPlain(runtime, await judged.post(BODY))
  const answered = poster(`${plain.url}/v1/judgments`, connections)
  const calls = [() => judged.post(BODY), () => answered.post(BODY)] as const
  for (const concurrency of CONCURRENCIES) {
    const loads: [Load[], Load[]] = [[], []]
    for (const call of calls) await load(call, concurrency, WARM_UP_MS)
    for (let round = 0; round < ROUNDS; round++) {
      loads[0].push(await load(calls[0], concurrency, ROUND_MS))
      loads[1].push(await load(calls[1], concurrency, ROUND_MS))
    }
    const name = `cached judgments, ${runtime}, c=${concurrency}`
    const against = 'a plain Hono route with the same body, schema and bytes'
    const ours = summary(loads[0])
    const theirs = summary(loads[1])
    report({ name, value: ours.rate, unit: 'judgments/s', against, ratio: ours.rate / theirs.rate })
    report({ name: `${name}, p50`, value: ours.p50, unit: 'ms', against, ratio: ours.p50 / theirs.p50 })
    report({ name: `${name}, p99`, value: ours.p99, unit: 'ms', against, ratio: ours.p99 / theirs.p99 })
  }
  judged.close()
  answered.close()
  await plain.close()
}

function summary(rounds: readonly Load[]) {
  const latencies = rounds.flatMap((round) => round.latencies)
  return {
    rate: median(rounds.map(({ perSecond }) => perSecond)),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  }
}
