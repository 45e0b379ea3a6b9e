import { describe, expect, it } from 'vitest'
import { openTestApp } from './testing/test-app.ts'

const KEYED = { PLUMBLINE_METRICS_KEY: 'scraper' }
const SCRAPER = { authorization: 'Bearer scraper' }
const body = { prompt: 'Hi', responses: ['GOOD', 'bad'] }

describe('GET /metrics', () => {
  it('counts calls, errors, judgments made and known, and what they cost', async () => {
    const { call, send, models } = await openTestApp(KEYED)
    await call('/v1/judgments', body)
    await call('/v1/judgments', body)
    models.manner = 'status 500'
    await call('/v1/judgments', { ...body, prompt: 'Other' })
    await call('/v1/judgments', 'no JSON')
    await call('/v1/judgments/jdg_none')
    const reply = await send('/metrics', { headers: SCRAPER })
    expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const lines = (await reply.text()).split('\n')
    const value = (name: string) =>
      Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length))
    const judgments = (labels: string) => value(`plumbline_edge_judgments_total{${labels}}`)
    expect(judgments('cache="miss",outcome="scored"')).toBe(1)
    expect(judgments('cache="hit",outcome="scored"')).toBe(1)
    expect(judgments('cache="miss",outcome="model_unavailable"')).toBe(1)
    const requests = (status: number) =>
      value(`plumbline_edge_requests_total{method="POST",route="/v1/judgments",status="${status}"}`)
    expect([requests(200), requests(400)]).toEqual([3, 1])
    expect(value('plumbline_edge_errors_total{code="invalid_json"}')).toBe(1)
    expect(value('plumbline_edge_errors_total{code="judgment_not_found"}')).toBe(1)
    expect(value('plumbline_edge_model_calls_total')).toBe(models.calls)
    expect(value('plumbline_edge_tokens_total{kind="prompt"}')).toBeGreaterThan(100)
    expect(lines.join('\n')).not.toContain('jdg_none')
    for (const line of lines) expect(line).toMatch(/^($|# (HELP|TYPE) |plumbline_edge_\w+(\{[^}]*\})? \d+$)/)
  })

  it('is for whoever has its key: no caller may read it with theirs', async () => {
    const { call, send } = await openTestApp(KEYED)
    expect((await send('/metrics')).status).toBe(401)
    expect((await call('/metrics')).status).toBe(401)
    const unset = await openTestApp()
    expect((await unset.send('/metrics', { headers: { authorization: 'Bearer ' } })).status).toBe(401)
  })

  it('answers this machine, but no web page, where the service is open', async () => {
    const { send } = await openTestApp({ PLUMBLINE_API_KEYS: '', PLUMBLINE_OPEN: '1' })
    expect((await send('/metrics')).status).toBe(200)
    expect((await send('/metrics', { headers: { origin: 'https://elsewhere.example' } })).status).toBe(401)
  })
})
