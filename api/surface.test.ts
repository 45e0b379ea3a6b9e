import { expect, test } from 'vitest'
import { bodyOf, openTestApp } from './testing/test-app.ts'

test('/ gives links that answer and a curl line that works', async () => {
  const { ask, send } = await openTestApp({ PLUMBLINE_API_KEYS: '', PLUMBLINE_OPEN: '1' })
  const home = await ask('/')
  for (const url of Object.values<string>(home.links)) {
    const { status } = await send(url)
    expect([200, 405], url).toContain(status)
  }
  const [, url = '', body = ''] = /^curl (\S+) .* -d '(.*)'$/.exec(home.try) ?? []
  const response = await send(url, { method: 'POST', body })
  expect(response.status).toBe(200)
})

test('openapi.json describes every route and only those', async () => {
  const { ask, call } = await openTestApp()
  const document = await ask('/openapi.json')
  expect(document.openapi).toBe('3.1.0')
  expect(document.components.schemas).toHaveProperty('PairRequest')
  for (const guessed of ['/get_reward', '/rerank', '/v1/score'])
    expect(document.paths).toHaveProperty([guessed, 'post'])
  for (const [path, operations] of Object.entries<object>(document.paths)) {
    const url = path.replace('{id}', 'none').replace('{name}', 'general')
    for (const method of Object.keys(operations)) {
      const response = await call(url, method === 'post' ? {} : undefined)
      expect([200, 201, 400, 404, 422], `${method} ${path}`).toContain(response.status)
      expect((await response.text()).includes('Nothing is at')).toBe(false)
    }
  }
})

test('openapi.json lists every method that a path takes, and which answers may be streamed', async () => {
  const { ask, send, key } = await openTestApp()
  const { paths } = await ask('/openapi.json')
  for (const [path, operations] of Object.entries<object>(paths)) {
    const refused = await send(path, { method: 'PATCH', headers: { 'x-api-key': key } })
    const taken = refused.headers.get('allow')?.toLowerCase().split(', ') ?? []
    expect(new Set(Object.keys(operations)), path).toEqual(new Set(taken.filter((name) => name !== 'head')))
  }
  for (const path of ['/v1/judgments', '/v1/chat/completions']) {
    expect(paths[path].post.responses['200'].content).toHaveProperty('text/event-stream')
  }
})

test('/docs is a page that asks no other host for anything', async () => {
  const { send } = await openTestApp()
  const page = await (await send('/docs')).text()
  expect(page).toContain('/v1/judgments')
  expect(page).toContain('<a href="#Rubric">')
  expect(page.match(/(?:src|href)="https?:/g)).toBeNull()
})

test('meta-rubrics are listed and read by name or by name and version', async () => {
  const { ask, call } = await openTestApp()
  const { data } = await ask('/v1/meta-rubrics')
  expect(data.map(({ name }: { name: string }) => name)).toContain('general')
  for (const { name, version, id } of data) {
    expect(await ask(`/v1/meta-rubrics/${name}@${version}`)).toMatchObject({ id, object: 'meta_rubric' })
    expect((await call(`/v1/meta-rubrics/${name}`)).status).toBe(200)
  }
  expect((await call('/v1/meta-rubrics/none')).status).toBe(404)
})

test('an edge that starts anew once its model is there is not healthy before', async () => {
  const { send, ask } = await openTestApp({ PLUMBLINE_LOADING: '1' })
  const early = await send('/healthz')
  expect([early.status, early.headers.get('retry-after'), (await bodyOf(early)).error.code]).toEqual([
    503,
    '5',
    'loading',
  ])
  expect((await ask('/')).name).toBe('Plumbline')
  const ready = await openTestApp()
  expect(await ready.ask('/healthz')).toMatchObject({ status: 'ok' })
})

test('the configured models are listed, the default first, and chat completions are passed on to them', async () => {
  const { ask, call, models } = await openTestApp({ PLUMBLINE_DEFAULT_MODEL: 'second' })
  const { data } = await ask('/v1/models')
  const judges = ['openrs', 'rubric-arm', 'pointwise', 'direct'].map((name) => `plumbline/${name}`)
  expect(data.map(({ id }: { id: string }) => id)).toEqual(['second', 'opinionated', ...judges])
  const messages = [{ role: 'user', content: 'Hi' }]
  const completion = await ask('/v1/chat/completions', { model: 'opinionated', messages })
  expect(completion).toMatchObject({ object: 'chat.completion', model: 'opinionated' })
  models.manner = 'status 500'
  const failed = await call('/v1/chat/completions', { messages })
  expect([failed.status, (await bodyOf(failed)).error.message]).toEqual([
    503,
    'The model server of \'second\' answered 500, saying "out of memory".',
  ])
  models.manner = 'tells the key'
  const leaky = await call('/v1/chat/completions', { messages })
  expect((await bodyOf(leaky)).error.message).toContain('no credit left on Bearer [key]')
  models.manner = 'refuses the key'
  const refused = await bodyOf(await call('/v1/chat/completions', { messages }))
  expect(refused.error).toMatchObject({ code: 'model_http_error', type: 'service' })
  expect(JSON.stringify(refused)).not.toContain('sk-test')
  models.manner = 'unreachable'
  expect((await call('/v1/chat/completions', { messages })).status).toBe(503)
  expect((await call('/v1/chat/completions', { model: 'nobody', messages })).status).toBe(404)
})
