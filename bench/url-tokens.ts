import * as z from 'zod'
import { load, poster } from './load.ts'
import type { Runtime, Server } from './servers.ts'
import { quantile, report } from './statistics.ts'

const ROUNDS = 6
const ROUND_MS = 700

const BODY = JSON.stringify({
  prompt: `Explain why the sky is blue. ${'Be brief. '.repeat(100)}`,
  responses: [`GOOD: sunlight is scattered. ${'word '.repeat(200)}`, 'I do not know.'],
})

/** What a URL token adds to a cached judgment, with a cap and without: turn by turn beside calls without one. */
export async function measureUrlTokens(runtime: Runtime, edge: Server): Promise<void> {
  const urls = [edge.url, await makeToken(edge.url, {}), await makeToken(edge.url, { max_judgments: 1000 })]
  const posters = urls.map((url) => poster(`${url}/v1/judgments`, 1))
  const latencies: number[][] = posters.map(() => [])
  for (const { post } of posters) await load(() => post(BODY), 1, ROUND_MS)
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, { post }] of posters.entries()) {
      latencies[at]?.push(...(await load(() => post(BODY), 1, ROUND_MS)).latencies)
    }
  }
  const [plain = 0, ...tokens] = latencies.map((list) => quantile(list, 0.5))
  for (const [at, name] of ['a URL token', 'a URL token with a cap'].entries()) {
    const value = tokens[at] ?? 0
    const against = 'the same call without a token'
    report({
      name: `cached judgment by ${name}, ${runtime}, p50`,
      value,
      unit: 'ms',
      against,
      ratio: value / plain,
    })
  }
  for (const { close } of posters) close()
}

async function makeToken(url: string, request: object): Promise<string> {
  const reply = await fetch(`${url}/v1/tokens`, { method: 'POST', body: JSON.stringify(request) })
  return z.object({ url: z.string() }).parse(await reply.json()).url
}
