import { describe, expect, it } from 'vitest'
import { workerKey } from '../../shared/identity/worker-key.ts'
import type { EngineStats } from '../generate/engine.ts'
import { fakeEngine } from '../testing/fake-engine.ts'
import { post, start } from '../testing/running-worker.ts'
import type { Worker } from '../worker.ts'

const STATS: EngineStats = {
  tokens: { prompt: 1000, cached: 750, completion: 20 },
  passes: { count: 8, rows: 24, tokens: 270, milliseconds: 1500 },
  kv: { running: 4096, cached: 8192, limit: 1_048_576 },
  prefix: { hits: 3, misses: 1, evictions: 2 },
}

/** The samples of `/metrics` by name and labels. */
async function scrape(worker: Worker, headers: Record<string, string> = {}) {
  const reply = await fetch(`${worker.url}/metrics`, { headers })
  expect(reply.status).toBe(200)
  expect(reply.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const lines = (await reply.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))] as const
    }),
  )
}

describe('GET /metrics', () => {
  it('tells what the engine did and how it stands', async () => {
    const engine = { ...fakeEngine(), stats: () => STATS, load: { queued: 5, running: 2 } }
    const samples = await scrape(await start(engine))
    const told = {
      'plumbline_tokens_total{kind="prompt"}': 1000,
      'plumbline_tokens_total{kind="cached"}': 750,
      'plumbline_tokens_total{kind="completion"}': 20,
      plumbline_forward_passes_total: 8,
      plumbline_forward_pass_rows_total: 24,
      plumbline_forward_pass_tokens_total: 270,
      plumbline_forward_pass_seconds_total: 1.5,
      'plumbline_prefix_cache_lookups_total{result="hit"}': 3,
      'plumbline_prefix_cache_lookups_total{result="miss"}': 1,
      plumbline_prefix_cache_evictions_total: 2,
      'plumbline_kv_bytes{state="running"}': 4096,
      'plumbline_kv_bytes{state="cached"}': 8192,
      plumbline_kv_limit_bytes: 1_048_576,
      'plumbline_engine_calls{state="queued"}': 5,
      'plumbline_engine_calls{state="running"}': 2,
    }
    expect(Object.fromEntries(Object.keys(told).map((name) => [name, samples.get(name)]))).toEqual(told)
    expect([...samples.keys()].some((name) => name.startsWith('plumbline_model_info{model="fake-1m"'))).toBe(
      true,
    )
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000)
    expect(samples.has('nodejs_eventloop_lag_p99_seconds')).toBe(true)
  })

  it('reads totals anew each time, and never adds them up', async () => {
    const worker = await start({ ...fakeEngine(), stats: () => STATS })
    await scrape(worker)
    expect((await scrape(worker)).get('plumbline_forward_passes_total')).toBe(8)
  })

  it('counts requests by route and status, judgments by outcome, and the phases of calls', async () => {
    const worker = await start(fakeEngine({ context: 1000 }))
    const pair = { prompt: 'Hi', responses: ['GOOD', 'bad'] }
    const judgment = await (await post(worker, '/v1/judgments', pair)).json()
    await post(worker, '/v1/judgments', { ...pair, mode: 'single' })
    await post(worker, '/v1/judgments', 'no JSON')
    await fetch(`${worker.url}/v1/nowhere/${'x'.repeat(50)}`)
    const samples = await scrape(worker)
    const requests = (route: string, status: number) =>
      samples.get(`plumbline_http_request_seconds_count{method="POST",route="${route}",status="${status}"}`)
    expect(requests('/v1/judgments', 400)).toBe(1)
    expect(requests('/v1/judgments', 200)).toBe(2)
    expect([...samples.keys()].join('\n')).not.toContain('nowhere')
    expect(samples.get('plumbline_judgments_total{outcome="scored"}')).toBe(1)
    const chosen = samples.get('plumbline_engine_seconds_count{operation="choose",phase="queued"}')
    expect(chosen).toBe(judgment.usage.judge_calls)
    expect(samples.get('plumbline_engine_seconds_sum{operation="choose",phase="prefill"}')).toBeCloseTo(
      judgment.usage.judge_calls * 0.002,
      6,
    )
  })

  it('says nothing of an engine that is still being loaded, rather than zero', async () => {
    const samples = await scrape(await start(new Promise<never>(() => {})))
    expect([...samples.keys()].filter((name) => name.startsWith('plumbline_kv'))).toEqual([])
    expect(samples.has('process_resident_memory_bytes')).toBe(true)
  })

  it('answers this machine without a key, but no web page, where the worker listens on it alone', async () => {
    const worker = await start(fakeEngine(), { secret: 's', open: false })
    expect((await fetch(`${worker.url}/v1/models`)).status).toBe(401)
    await scrape(worker)
    const page = await fetch(`${worker.url}/metrics`, { headers: { origin: 'https://elsewhere.example' } })
    expect(page.status).toBe(403)
  })

  it("wants the metrics' own key, or the worker's, where others can reach it", async () => {
    const everywhere = { host: '0.0.0.0', secret: 's', open: false }
    const plain = await start(fakeEngine(), everywhere)
    expect((await fetch(`${plain.url}/metrics`)).status).toBe(401)
    await scrape(plain, { authorization: `Bearer ${await workerKey('s')}` })

    const keyed = await start(fakeEngine(), { ...everywhere, metricsKey: 'scraper' })
    const refused = await fetch(`${keyed.url}/metrics`, { headers: { authorization: 'Bearer other' } })
    expect(refused.status).toBe(401)
    expect(await refused.text()).toContain('PLUMBLINE_METRICS_KEY')
    await scrape(keyed, { authorization: 'Bearer scraper' })
  })
})
