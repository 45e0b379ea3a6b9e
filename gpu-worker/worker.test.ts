import { describe, expect, it } from 'vitest'
import { workerKey } from '../shared/identity/worker-key.ts'
import { PlumblineError } from '../shared/protocol/error.ts'
import type { Engine } from './generate/engine.ts'
import { fakeEngine } from './testing/fake-engine.ts'
import { post, start, until } from './testing/running-worker.ts'
import { startWorker } from './worker.ts'

const hello = { model: 'fake-1m', messages: [{ role: 'user', content: 'What colour is the sky?' }] }

describe('health', () => {
  it('answers while the model loads, and once it is there', async () => {
    const { promise, resolve } = Promise.withResolvers<Engine>()
    const worker = await start(promise)
    const loading = await fetch(`${worker.url}/healthz`)
    expect(loading.status).toBe(503)
    expect(await loading.json()).toMatchObject({ error: { code: 'loading' } })
    const early = await post(worker, '/v1/chat/completions', hello)
    expect([early.status, early.headers.get('retry-after')]).toEqual([503, '3'])
    resolve(fakeEngine())
    await promise
    const ready = await fetch(`${worker.url}/healthz`)
    expect(await ready.json()).toMatchObject({
      status: 'ok',
      model: { id: 'fake-1m', context: 100 },
      load: { queued: 0, running: 0 },
    })
  })

  it('says why there is no model', async () => {
    const failed = Promise.reject(new Error('Give a file: the model could not be fetched.'))
    const worker = await start(failed)
    const reply = await fetch(`${worker.url}/healthz`)
    expect([reply.status, await reply.json()]).toEqual([
      503,
      {
        error: {
          code: 'not_configured',
          type: 'service',
          message: 'Give a file: the model could not be fetched.',
        },
      },
    ])
  })

  it('says that the model has ended, and gives no more of it', async () => {
    const engine = fakeEngine()
    const worker = await start(engine)
    engine.fail(new PlumblineError('internal', "The engine's thread ended: restart the worker."))
    const error = { code: 'not_configured', message: "The engine's thread ended: restart the worker." }
    const health = await fetch(`${worker.url}/healthz`)
    expect([health.status, await health.json()]).toMatchObject([503, { error }])
    const reply = await post(worker, '/v1/chat/completions', hello)
    expect([reply.status, await reply.json()]).toMatchObject([503, { error }])
  })
})

describe('access', () => {
  it('is for those who hold the key', async () => {
    const worker = await start(fakeEngine(), { secret: 'hush', open: false })
    const models = (authorization?: string) =>
      fetch(`${worker.url}/v1/models`, { headers: authorization ? { authorization } : {} })
    expect((await models()).status).toBe(401)
    expect((await models('Bearer hush')).status).toBe(401)
    expect((await models(`Bearer ${await workerKey('hush')}x`)).status).toBe(401)
    const reply = await models(`Bearer ${await workerKey('hush')}`)
    expect(await reply.json()).toMatchObject({ object: 'list', data: [{ id: 'fake-1m', object: 'model' }] })
    expect((await fetch(`${worker.url}/healthz`)).status).toBe(200)
  })

  it('is refused to web pages when it is open', async () => {
    const worker = await start(fakeEngine())
    const from = (origin: string) => fetch(`${worker.url}/v1/models`, { headers: { origin } })
    expect((await from('https://evil.test')).status).toBe(403)
    expect((await from('null')).status).toBe(403)
    expect((await from('http://localhost:3000')).status).toBe(200)
  })

  it('needs a secret unless it is open, and is open to this machine alone', async () => {
    const serving = { engine: fakeEngine(), port: 0, secret: null }
    await expect(startWorker(serving)).rejects.toThrow('PLUMBLINE_SECRET')
    await expect(startWorker({ ...serving, open: true, host: '0.0.0.0' })).rejects.toThrow('127.0.0.1')
  })

  it('says which port is taken, or of which address it is not', async () => {
    const { url } = await start(fakeEngine())
    const port = Number(new URL(url).port)
    await expect(start(fakeEngine(), { port })).rejects.toThrow(`Port ${port} is taken`)
    // set aside for documentation: no machine has it
    const elsewhere = { engine: fakeEngine(), port: 0, host: '203.0.113.1', secret: 's' }
    await expect(startWorker(elsewhere)).rejects.toThrow("of 203.0.113.1 can't be opened (EADDRNOTAVAIL)")
  })
})

it('closes its engine', async () => {
  const engine = fakeEngine()
  const worker = await startWorker({ engine, port: 0, secret: 's' })
  await worker.close()
  expect(engine.closed).toBe(true)
  await expect(fetch(`${worker.url}/healthz`)).rejects.toThrow()
})

it('does not wait for a model that is still being loaded, and closes it when it comes', async () => {
  const { promise, resolve } = Promise.withResolvers<Engine>()
  const worker = await startWorker({ engine: promise, port: 0, secret: 's' })
  await worker.close()
  const engine = fakeEngine()
  resolve(engine)
  await promise
  await until(() => engine.closed)
})
