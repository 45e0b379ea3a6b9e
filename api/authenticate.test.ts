import { expect, test } from 'vitest'
import { bodyOf, openTestApp } from './testing/test-app.ts'

test('a key is taken from wherever a client can put one', async () => {
  const { send, key } = await openTestApp()
  const status = async (headers: Record<string, string>, path = '/v1/usage') =>
    (await send(path, { headers })).status
  expect(await status({ authorization: `Bearer ${key}` })).toBe(200)
  expect(await status({ authorization: `bearer ${key}` })).toBe(200)
  expect(await status({ 'x-api-key': key })).toBe(200)
  expect(await status({ 'api-key': key })).toBe(200)
  expect(await status({ authorization: `Basic ${btoa(`u:${key}`)}` })).toBe(200)
  expect(await status({ authorization: `Basic ${btoa(`${key}:`)}` })).toBe(200)
  expect(await status({ 'xrl-authorization': `Bearer ${key}` })).toBe(200)
})

test('EMPTY, which clients without a key send, is none, and another place may hold one', async () => {
  const { send, key } = await openTestApp()
  const empty = [
    { authorization: 'Bearer EMPTY' },
    { authorization: 'bearer empty' },
    { authorization: `Basic ${btoa('EMPTY:')}` },
    { authorization: `Basic ${btoa(':empty')}` },
    { 'x-api-key': 'Empty' },
  ]
  for (const headers of empty) {
    const alone = await send('/v1/usage', { headers })
    expect([alone.status, (await bodyOf(alone)).error.message]).toEqual([
      401,
      expect.stringContaining('Send an API key'),
    ])
    expect((await send('/v1/usage', { headers: { ...headers, 'api-key': key } })).status).toBe(200)
  }
})

test('without a good key every call is 401, but the public pages are not', async () => {
  const { send, key } = await openTestApp()
  const attempts = [
    {},
    { authorization: 'Bearer EMPTY' },
    { authorization: `Bearer ${key}x` },
    { authorization: 'Basic %%' },
  ]
  for (const headers of attempts) {
    const response = await send('/v1/judgments', { headers })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect((await bodyOf(response)).error.code).toBe('unauthorized')
  }
  for (const path of ['/', '/docs', '/openapi.json', '/healthz']) expect((await send(path)).status).toBe(200)
})

test('without configured keys nobody is let in', async () => {
  const { send } = await openTestApp({ PLUMBLINE_API_KEYS: '' })
  expect((await send('/v1/usage', { headers: { 'x-api-key': 'any' } })).status).toBe(401)
})

test('an open service answers this machine alone', async () => {
  const { send } = await openTestApp({ PLUMBLINE_API_KEYS: '', PLUMBLINE_OPEN: '1' })
  const status = async (host: string, origin?: string) => {
    const headers: Record<string, string> = origin === undefined ? {} : { origin }
    return (await send(`http://${host}/v1/usage`, { headers })).status
  }
  for (const host of ['localhost', 'localhost:8787', '127.0.0.1:8787', '[::1]:8787', 'a.localhost']) {
    expect(await status(host)).toBe(200)
  }
  for (const host of ['evil.test', '127.0.0.1.evil.test', 'localhost.evil.test', '10.0.0.1']) {
    expect(await status(host)).toBe(403)
  }
  expect(await status('localhost', 'http://localhost:3000')).toBe(200)
  for (const origin of ['https://evil.test', 'null', 'http://localhost.evil.test']) {
    expect(await status('localhost', origin)).toBe(403)
  }
  for (const [site, answered] of [
    ['cross-site', 403],
    ['same-site', 200],
    ['none', 200],
  ] as const) {
    const reply = await send('/v1/usage', { headers: { 'sec-fetch-site': site } })
    expect([site, reply.status]).toEqual([site, answered])
  }
})

test('keys make an open service closed', async () => {
  const { send } = await openTestApp({ PLUMBLINE_OPEN: '1' })
  expect((await send('/v1/usage')).status).toBe(401)
})

test('a wrong configuration is refused with a sentence that names it', async () => {
  const opened = (variables: Record<string, string>) => openTestApp(variables)
  await expect(opened({ PLUMBLINE_API_KEYS: 'acme:plaintext' })).rejects.toThrow(
    /Entry 1 of PLUMBLINE_API_KEYS/,
  )
  await expect(opened({ PLUMBLINE_SECRET: '' })).rejects.toThrow(/PLUMBLINE_SECRET is not set/)
  await expect(opened({ PLUMBLINE_MODELS: '{}' })).rejects.toThrow(/PLUMBLINE_MODELS/)
})

test('the id of a request comes back, and is made where there is none', async () => {
  const { call } = await openTestApp()
  expect((await call('/v1/usage', undefined, { 'x-request-id': 'mine-1' })).headers.get('x-request-id')).toBe(
    'mine-1',
  )
  expect(
    (await call('/v1/judgments/none', undefined, { 'x-request-id': 'mine-2' })).headers.get('x-request-id'),
  ).toBe('mine-2')
  expect((await call('/v1/usage')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
})
