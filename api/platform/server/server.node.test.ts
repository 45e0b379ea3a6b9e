import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { FAULTS } from '../../../test/model-server/faults.ts'
import { startModelServer } from '../../../test/model-server/model-server.ts'
import { withBodyOfGet } from './body-of-get.ts'
import { openServer } from './server.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'plumbline-'))
  closing.push(() => rmSync(home, { recursive: true }))
  return home
}

async function startModels(options = {}) {
  const models = await startModelServer(options)
  closing.push(() => models.close())
  return models
}

/** A server as its entry starts it, on a real socket. */
async function start(home: string, modelUrl: string) {
  const entries = ['opinionated', ...FAULTS].map((model) => ({
    id: model,
    base_url: modelUrl,
    model,
    timeout_ms: 300,
  }))
  const server = openServer({
    PLUMBLINE_HOME: home,
    PLUMBLINE_OPEN: '1',
    PLUMBLINE_MODELS: JSON.stringify(entries),
    PLUMBLINE_PORT: '0',
  })
  const listener = serve({ fetch: withBodyOfGet(server.fetch), port: 0 })
  await new Promise((resolve) => listener.once('listening', resolve))
  const address = listener.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const close = () =>
    new Promise<void>((resolve) => {
      listener.close(() => {
        resolve(server.close())
      })
      if ('closeAllConnections' in listener) listener.closeAllConnections()
    })
  const post = (body: object, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}/v1/judgments`, { method: 'POST', body: JSON.stringify(body), ...init })
  const judge = async (body: object) => JSON.parse(await (await post(body)).text())
  return { port, close, post, judge }
}

/** Calls, and goes away once the work has begun. */
async function hangUp(
  post: Awaited<ReturnType<typeof start>>['post'],
  asked: object,
  models: Awaited<ReturnType<typeof startModels>>,
) {
  const leaving = new AbortController()
  const answer = post(asked, { signal: leaving.signal })
  answer.catch(() => {})
  await vi.waitFor(() => expect(models.calls.length).toBeGreaterThan(0), 10_000)
  leaving.abort()
  await expect(answer).rejects.toThrow()
}

const body = (prompt: string) => ({ prompt, responses: ['GOOD GOOD', 'bad'] })

test('a caller who hangs up and calls again finds the work done', async () => {
  const models = await startModels({ delayMs: 60 })
  const { post, judge, close } = await start(makeHome(), models.url)
  closing.push(close)
  await hangUp(post, body('Hung up'), models)
  await sleep(600)
  const made = models.calls.length
  const judgment = await judge(body('Hung up'))
  expect(judgment).toMatchObject({ winner: 'first', usage: { cache: 'hit', judge_calls: 0 } })
  expect(models.calls.length).toBe(made)
})

test('a judgment whose caller has gone is filed before the server closes', async () => {
  const home = makeHome()
  const models = await startModels({ delayMs: 60 })
  const first = await start(home, models.url)
  await hangUp(first.post, body('Left'), models)
  await first.close()
  const made = models.calls.length
  const second = await start(home, models.url)
  closing.push(second.close)
  expect(await second.judge(body('Left'))).toMatchObject({ winner: 'first', usage: { cache: 'hit' } })
  expect(models.calls.length).toBe(made)
})

test('a record that another process holds for a moment is waited for', async () => {
  const home = makeHome()
  const holder = `const { DatabaseSync } = require('node:sqlite')
    const database = new DatabaseSync(${JSON.stringify(join(home, 'edge.sqlite'))})
    database.exec('begin exclusive')
    process.stdout.write('held')
    setTimeout(() => database.exec('commit'), 300)`
  const held = spawn(process.execPath, ['-e', holder], { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => held.stdout.once('data', resolve))
  const { close } = await start(home, 'http://127.0.0.1:9/v1')
  closing.push(close)
})

test('a home that is no folder is named in a sentence', () => {
  const home = join(makeHome(), 'file')
  writeFileSync(home, '')
  expect(() => openServer({ PLUMBLINE_HOME: home })).toThrow(/^PLUMBLINE_HOME is '.*name a folder/)
})

test('the record outlives the process', async () => {
  const home = makeHome()
  const models = await startModels()
  const first = await start(home, models.url)
  const judgment = await first.judge(body('Kept?'))
  await first.close()
  const made = models.calls.length
  const second = await start(home, models.url)
  closing.push(second.close)
  expect(await second.judge(body('Kept?'))).toMatchObject({ id: judgment.id, usage: { cache: 'hit' } })
  expect(models.calls.length).toBe(made)
  expect(statSync(join(home, 'secret')).mode & 0o777).toBe(0o600)
})

test('of two processes over one record the first result binds', async () => {
  const home = makeHome()
  const models = await startModels({ delayMs: 30 })
  const servers = [await start(home, models.url), await start(home, models.url)]
  for (const { close } of servers) closing.push(close)
  const answers = await Promise.all(servers.map(({ judge }) => judge(body('Both?'))))
  expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
})

test('a judgment keeps at most six calls in flight, however many votes it has', async () => {
  const models = await startModels({ delayMs: 10 })
  const { judge, close } = await start(makeHome(), models.url)
  closing.push(close)
  const judgment = await judge({ ...body('Votes'), votes: 15 })
  expect(judgment.usage.judge_calls).toBe(models.calls.length)
  expect(models.peakInFlight).toBeLessThanOrEqual(6)
  expect(models.peakInFlight).toBeGreaterThan(1)
})

describe('whatever a model server does, the answer is null with an error and the calls are counted', () => {
  const harmless = new Set(['no-logprobs', 'hidden-choice'])
  test.each(FAULTS.filter((fault) => !harmless.has(fault)))('%s', async (fault) => {
    const models = await startModels()
    const { judge, close } = await start(makeHome(), models.url)
    closing.push(close)
    for (const mode of ['staged', 'single']) {
      models.reset()
      const judgment = await judge({ ...body('Faulty'), model: fault, mode })
      expect(judgment).toMatchObject({ winner: null, score: null })
      expect(judgment.error).toMatchObject({ type: 'service' })
      expect(judgment.usage.judge_calls).toBe(models.calls.length)
    }
  })
})

test('bytes that are no HTTP disturb nobody', async () => {
  const models = await startModels()
  const { port, judge, close } = await start(makeHome(), models.url)
  closing.push(close)
  for (const bytes of [
    '\0\0\0\0',
    'GET / HTTP/9.9\r\n\r\n',
    'POST /v1/judgments HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{',
  ]) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.end(bytes)
    await sleep(20)
    socket.destroy()
  }
  expect(await judge(body('Still there?'))).toMatchObject({ winner: 'first' })
})

describe('ROLL, which polls by a GET with a body', () => {
  const submission = { data_id: '1', rollout_id: 'r', prompt: 'Say it.', response: 'GOOD', reward_info: {} }

  async function rollAt(port: number) {
    const url = `http://127.0.0.1:${port}/rlhf/roll`
    const submit = async () => {
      const reply = await fetch(`${url}/submit`, { method: 'POST', body: JSON.stringify(submission) })
      return JSON.parse(await reply.text()).reward_request_id
    }
    return { submit, poll: (id: string) => getWithBody(`${url}/result`, { reward_request_id: id }) }
  }

  test('collects what was submitted, also from a process that came after', async () => {
    const home = makeHome()
    const models = await startModels({ delayMs: 60 })
    const first = await start(home, models.url)
    const before = await rollAt(first.port)
    const id = await before.submit()
    expect(await before.submit()).toBe(id)
    await first.close()
    const made = models.calls.length
    expect(made).toBeGreaterThan(0)
    const second = await start(home, models.url)
    closing.push(second.close)
    const after = await rollAt(second.port)
    expect(await after.poll(id)).toMatchObject({ errcode: 0, reward_score: 1 })
    expect(models.calls.length).toBe(made)
    const posted = await fetch(`http://127.0.0.1:${second.port}/rlhf/roll/result`, {
      method: 'POST',
      body: JSON.stringify({ reward_request_id: id }),
    })
    expect(JSON.parse(await posted.text())).toMatchObject({ errcode: 0, reward_score: 1 })
    expect(await after.poll('sub_none')).toMatchObject({ errcode: 2 })
    expect(await after.poll('x'.repeat(100_000))).toMatchObject({ error: { code: 'invalid_request' } })
  })

  test('has made anew what a process that was killed had no time for', async () => {
    const home = makeHome()
    const models = await startModels()
    const dead = await start(home, 'http://127.0.0.1:9/v1')
    const id = await (await rollAt(dead.port)).submit()
    await dead.close()
    const { port, close } = await start(home, models.url)
    closing.push(close)
    expect(await (await rollAt(port)).poll(id)).toMatchObject({ errcode: 0, reward_score: 1 })
  })
})

/** What Python's `requests.get(url, json=...)` sends. */
function getWithBody(url: string, body: object) {
  const text = JSON.stringify(body)
  return new Promise<unknown>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    const asked = request(url, { method: 'GET', headers }, async (reply) => {
      const chunks = []
      for await (const chunk of reply) chunks.push(chunk)
      resolve(JSON.parse(Buffer.concat(chunks).toString()))
    })
    asked.on('error', reject)
    asked.end(text)
  })
}
