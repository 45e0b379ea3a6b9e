import { runInDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { createApp } from '../../app.ts'
import { createCollector } from '../../testing/collector.ts'
import { createModelServer } from '../../testing/model-server.ts'
import { TEST_VARIABLES } from '../../testing/variables.ts'
import { cloudflarePlatform } from './platform.ts'

const shards = env.JUDGMENT_SHARD
const stubs = Array.from({ length: 16 }, (_, shard) => shards.get(shards.idFromName(String(shard))))
const alarms = () =>
  Promise.all(stubs.map((stub) => runInDurableObject(stub, (_, state) => state.storage.getAlarm())))
const ring = () => Promise.all(stubs.map((stub) => runInDurableObject(stub, (shard) => shard.alarm())))

afterEach(() => {
  vi.unstubAllGlobals()
})

test('an alarm keeps an object awake while a judgment is under way, and no longer', async () => {
  const models = createModelServer()
  models.manner = 'slowly'
  vi.stubGlobal('fetch', createCollector(models.fetch).fetch)
  const app = createApp(
    cloudflarePlatform(shards, (name) => ({ ...TEST_VARIABLES, PLUMBLINE_OPEN: '1' })[name]),
  )
  const judging = app.request('http://localhost/v1/judgments', {
    method: 'POST',
    body: JSON.stringify({ prompt: 'Awake?', responses: ['GOOD', 'bad'] }),
  })
  await vi.waitFor(() => expect(models.calls).toBeGreaterThan(0))
  await ring()
  expect((await alarms()).filter((at) => at !== null).length).toBe(1)
  expect((await judging).status).toBe(200)
  await Promise.all(stubs.map((stub) => runInDurableObject(stub, (_, state) => state.storage.deleteAlarm())))
  await ring()
  expect((await alarms()).filter((at) => at !== null)).toEqual([])
})

test('the Worker of wrangler.toml answers, and lets nobody in without keys', async () => {
  const health = await exports.default.fetch('http://localhost/healthz')
  expect(await health.json()).toEqual({ status: 'ok', models: 2 })
  expect((await exports.default.fetch('http://localhost/v1/usage')).status).toBe(401)
})
