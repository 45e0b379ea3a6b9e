import { afterEach, describe, expect, test, vi } from 'vitest'
import { sha256 } from '../shared/identity/hash.ts'
import { COLLECTOR } from './testing/collector.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const pair = { prompt: 'Say it.', responses: ['GOOD GOOD', 'bad'] }
const slime = (response: string) => ({ prompt: 'Say it.', response, label: null })
afterEach(() => vi.restoreAllMocks())

type App = Awaited<ReturnType<typeof openTestApp>>

/** A token of the app's organisation, and a way to call by it alone. */
async function makeToken({ ask, send }: App, request: object = {}) {
  const made = await ask('/v1/tokens', request)
  const callBy = (path: string, body?: unknown, init: RequestInit = {}) =>
    send(`/k/${made.token}${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      ...init,
    })
  return { ...made, callBy }
}

async function refusalOf(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/json')
  const { error } = await bodyOf(response)
  return [response.status, error.code, error.message]
}

test('a token in the URL is all that a reward call needs, and its usage is told by its id', async () => {
  const app = await openTestApp()
  const { id, token, url, callBy } = await makeToken(app, { name: 'night-run' })
  expect(token).toMatch(/^plt_[\w-]{32}$/)
  expect(url).toBe(`http://localhost/k/${token}`)
  expect(await bodyOf(await callBy('/rlhf/slime', slime('GOOD')))).toBe(1)
  expect(await bodyOf(await callBy('//v1//judgments/', pair))).toMatchObject({ winner: 'first' })
  const base = `http://localhost/k/${token}//v1`
  expect((await app.send(`${base}/models`)).status).toBe(200)
  const { data } = await app.ask('/v1/usage')
  expect(data).toMatchObject([{ api_key: id, judgments: 2 }])
})

test('what a client says in headers beside a token changes nothing', async () => {
  const app = await openTestApp()
  const { callBy } = await makeToken(app)
  for (const authorization of ['Bearer EMPTY', 'Bearer wrong', 'Basic %%', `Bearer ${app.key}`]) {
    expect((await callBy('/v1/judgments', pair, { headers: { authorization } })).status).toBe(200)
  }
})

test('a token of a run reaches the URLs of that run alone', async () => {
  const app = await openTestApp()
  for (const name of ['mine', 'other']) expect((await app.call('/v1/runs', { name })).status).toBe(201)
  const { callBy } = await makeToken(app, { run: 'mine' })
  expect(await bodyOf(await callBy('/runs/mine/rlhf/slime', slime('GOOD')))).toBe(1)
  for (const path of ['/runs/other/rlhf/slime', '/rlhf/slime', '/v1/judgments', '/']) {
    const refused = await refusalOf(await callBy(path, slime('GOOD')))
    expect(refused).toEqual([403, 'forbidden', expect.stringContaining("the run 'mine'")])
  }
  const none = await app.call('/v1/tokens', { run: 'none' })
  expect([none.status, (await bodyOf(none)).error.code]).toEqual([404, 'run_not_found'])
})

test('a token is shown once', async () => {
  const app = await openTestApp()
  const { id, token } = await makeToken(app, { name: 'once' })
  const { data } = await app.ask('/v1/tokens')
  expect(data).toMatchObject([
    { id, object: 'token', name: 'once', run: null, revoked_at: null, max_judgments: null, judgments: 0 },
  ])
  expect(JSON.stringify([data, await app.ask(`/v1/tokens/${id}`)])).not.toContain(token.slice(4, 12))
})

describe('a token is refused', () => {
  test('in a header, wherever a key may stand', async () => {
    const app = await openTestApp()
    const { token } = await makeToken(app)
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { authorization: `Basic ${btoa(`${token}:`)}` },
      { 'x-api-key': token },
      { 'api-key': token },
      { 'xrl-authorization': `Bearer ${token}` },
    ]) {
      const response = await app.send('/v1/judgments', {
        method: 'POST',
        body: JSON.stringify(pair),
        headers,
      })
      expect(await refusalOf(response)).toEqual([401, 'unauthorized', expect.stringContaining('URL alone')])
    }
  })

  test.each([
    ['GET', '/v1/judgments'],
    ['GET', '/v1/usage'],
    ['GET', '/v1/tokens'],
    ['POST', '/v1/tokens'],
    ['DELETE', '/v1/tokens/tok_1'],
    ['POST', '/v1/rubrics'],
    ['POST', '/v1/meta-rubrics'],
    ['POST', '/v1/verifiers/write'],
    ['POST', '/v1/files'],
    ['POST', '/v1/fine_tuning/jobs'],
    ['POST', '/v1/runs'],
    ['GET', '/v1/runs/run_1'],
    ['GET', '/metrics'],
    ['GET', '/openapi.json'],
    ['DELETE', '/v1/judgments'],
    ['OPTIONS', '/v1/judgments'],
    ['POST', '/rlhf'],
    ['POST', '/nowhere'],
  ])('for %s %s', async (method, path) => {
    const app = await openTestApp()
    const { callBy } = await makeToken(app)
    const response = await callBy(path, undefined, { method, ...(method === 'POST' && { body: '{}' }) })
    expect(await refusalOf(response)).toEqual([
      403,
      'forbidden',
      expect.stringContaining('rewards and judgments'),
    ])
  })

  test('that nobody made, that is an API key, that is another text', async () => {
    const { send, key } = await openTestApp()
    for (const token of ['plt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', key, '%00', 'a'.repeat(5000)]) {
      const response = await send(`/k/${token}/rlhf/slime`, {
        method: 'POST',
        body: JSON.stringify(slime('GOOD')),
      })
      expect((await refusalOf(response)).slice(0, 2)).toEqual([401, 'unauthorized'])
    }
  })

  test('at the very next call once it is revoked, and again by the same answer', async () => {
    const app = await openTestApp()
    const { id, callBy } = await makeToken(app)
    expect((await callBy('/v1/judgments', pair)).status).toBe(200)
    const revoke = () => app.send(`/v1/tokens/${id}`, { method: 'DELETE', headers: { 'x-api-key': app.key } })
    const first = await bodyOf(await revoke())
    expect(first).toMatchObject({ id, revoked_at: expect.any(Number) })
    expect(await refusalOf(await callBy('/v1/judgments', pair))).toEqual([
      401,
      'unauthorized',
      expect.stringContaining('revoked'),
    ])
    expect(await bodyOf(await revoke())).toEqual(first)
  })

  test("of another organisation's: it can be neither seen nor revoked", async () => {
    const entries = await Promise.all(['mine', 'theirs'].map(async (name) => `${name}:${await sha256(name)}`))
    const { send } = await openTestApp({ PLUMBLINE_API_KEYS: entries.join(',') })
    const by = (key: string, path: string, init: RequestInit = {}) =>
      send(path, { ...init, headers: { 'x-api-key': key } })
    const { id, token } = await bodyOf(await by('mine', '/v1/tokens', { method: 'POST', body: '{}' }))
    expect((await by('theirs', `/v1/tokens/${id}`)).status).toBe(404)
    expect((await by('theirs', `/v1/tokens/${id}`, { method: 'DELETE' })).status).toBe(404)
    const { data } = await bodyOf(await by('theirs', '/v1/tokens'))
    expect(data).toEqual([])
    expect((await send(`/k/${token}/v1/models`)).status).toBe(200)
    expect((await by('mine', `/v1/tokens/${id}`, { method: 'DELETE' })).status).toBe(200)
    expect((await send(`/k/${token}/v1/models`)).status).toBe(401)
  })

  test('when its time is over', async () => {
    const app = await openTestApp()
    const made = await makeToken(app, { expires_in: 60 })
    expect(made.expires_at - made.created).toBe(60)
    expect((await app.call('/v1/tokens', { expires_in: 59 })).status).toBe(400)
    expect((await app.call('/v1/tokens', { expires: 60 })).status).toBe(400)
  })
})

describe('a cap on judgments', () => {
  test('counts what is made and not what lies in the record', async () => {
    const app = await openTestApp()
    const { id, callBy } = await makeToken(app, { max_judgments: 2 })
    for (let repeat = 0; repeat < 5; repeat++) {
      expect(await bodyOf(await callBy('/rlhf/slime', slime('GOOD')))).toBe(1)
    }
    expect(await app.ask(`/v1/tokens/${id}`)).toMatchObject({ judgments: 1, max_judgments: 2 })
    expect(await bodyOf(await callBy('/rlhf/slime', slime('bad')))).toBe(0)
    expect(await refusalOf(await callBy('/rlhf/slime?on_error=0', slime('new')))).toEqual([
      403,
      'forbidden',
      expect.stringContaining('its 2 judgments'),
    ])
    expect((await app.call('/rlhf/slime', slime('new'))).status).toBe(200)
  })

  test('no more are made than there are, however many ask at once', async () => {
    const app = await openTestApp()
    const { id, callBy } = await makeToken(app, { max_judgments: 3 })
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, index) => callBy('/rlhf/slime', slime(`GOOD ${index}`))),
    )
    const scored = replies.filter(({ status }) => status === 200)
    expect(scored.length).toBe(3)
    expect(await app.ask(`/v1/tokens/${id}`)).toMatchObject({ judgments: 3 })
    const { data } = await app.ask('/v1/judgments')
    expect(data.length).toBe(3)
  })
})

test('tokens are listed a page at a time, each once, and another organisation has no place among them', async () => {
  const app = await openTestApp()
  const made: string[] = []
  for (let count = 0; count < 5; count++) made.push((await app.ask('/v1/tokens', {})).id)
  const seen: string[] = []
  for (let page = await app.ask('/v1/tokens?limit=2'); ; ) {
    expect(page.data.length).toBeLessThanOrEqual(2)
    seen.push(...page.data.map(({ id }: { id: string }) => id))
    if (!page.has_more) break
    page = await app.ask(`/v1/tokens?limit=2&before=${seen.at(-1)}`)
  }
  expect(seen.toSorted()).toEqual(made.toSorted())
  expect((await app.ask('/v1/tokens?before=tok_none')).error.code).toBe('not_found')
  expect((await app.ask('/v1/tokens?limit=101')).error.param).toBe('limit')
})

test('a cap counts a chat call as a judgment, and models are listed for free', async () => {
  const app = await openTestApp()
  const { id, callBy } = await makeToken(app, { max_judgments: 2 })
  const chat = { model: 'opinionated', messages: [{ role: 'user', content: 'Hi' }] }
  for (const status of [200, 200, 403])
    expect((await callBy('/v1/chat/completions', chat)).status).toBe(status)
  expect(await app.ask(`/v1/tokens/${id}`)).toMatchObject({ judgments: 2 })
  expect((await app.call('/v1/chat/completions', chat)).status).toBe(200)
})

test('a chat call has so many choices and no more, since it counts as one', async () => {
  const { call } = await openTestApp()
  const chat = { model: 'opinionated', messages: [{ role: 'user', content: 'Hi' }] }
  for (const [n, status] of [
    [128, 200],
    [129, 400],
  ])
    expect((await call('/v1/chat/completions', { ...chat, n })).status).toBe(status)
})

test('neither errors nor headers, spans, metrics or logs tell of a token or a key', async () => {
  const app = await openTestApp({ OTEL_EXPORTER_OTLP_ENDPOINT: COLLECTOR, PLUMBLINE_METRICS_KEY: 'scraper' })
  const { token, callBy } = await makeToken(app)
  const secret = 'pl_0123456789abcdefghijklmnop'
  const told: string[] = []
  const log = (...said: unknown[]) => void told.push(said.map(String).join(' '))
  for (const level of ['log', 'warn', 'error'] as const) vi.spyOn(console, level).mockImplementation(log)
  const tell = async (response: Response) => {
    told.push(await response.text(), JSON.stringify([...response.headers]))
  }
  for (const path of ['/rlhf/slime', '/v1/judgments', '/rlhf/none', '/v1/none', `/rlhf/${token}`, '/'])
    for (const body of [undefined, pair, { [token]: 1 }]) await tell(await callBy(path, body))
  await tell(await callBy(`/k/${token}/rlhf/slime`))
  for (const path of [
    `/${token}/v1/judgments`,
    `/%6b/${token}/x`,
    `/v1/tokens/${token}`,
    `/v1/usage?x=${secret}`,
  ])
    await tell(await app.call(path))
  for (const path of [`/v1/usage?key=${secret}`, `/rlhf/slime?${secret}=1`, '/rlhf/slime?token=hidden'])
    await tell(await app.send(path))
  await tell(await app.send('/metrics', { headers: { authorization: 'Bearer scraper' } }))
  app.models.manner = 'tells the key'
  await tell(await callBy('/v1/chat/completions', { messages: [{ role: 'user', content: 'Hi' }] }))
  await app.collector.until('POST /rlhf/slime')
  told.push(JSON.stringify(app.collector.spans))
  expect(
    told.filter((text) => text.includes(token) || text.includes(secret) || text.includes('hidden')),
  ).toEqual([])
  expect(app.collector.spans.map(({ attributes }) => attributes['http.route'])).toContain('/rlhf/slime')
})

test('a token in a wrong place of the path is not said back', async () => {
  const app = await openTestApp()
  const { token } = await makeToken(app)
  for (const start of ['/k%2F', '/K/', '/%6B/', '/x/', '/k/wrong/k/', '/v1/tokens%3F']) {
    const response = await app.send(`${start}${token}/v1/models`)
    expect([401, 403, 404]).toContain(response.status)
    expect(await response.text()).not.toContain(token)
  }
})

const KEY_NAMES = ['key', 'api_key', 'apiKey', 'X-Api-Key', 'token', 'access_token', 'Authorization']
test.each(KEY_NAMES)('a key in the query (%s) is refused with what to do', async (name) => {
  const { send, key } = await openTestApp()
  for (const path of ['/v1/usage', '/rlhf/openrlhf', '/healthz']) {
    const response = await send(`${path}?${name}=${key}`)
    const [status, code, message] = await refusalOf(response)
    expect([status, code]).toEqual([400, 'invalid_request'])
    expect(message).toContain('/v1/tokens')
    expect(message).not.toContain(key)
  }
})
