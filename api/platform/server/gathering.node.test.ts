import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { startModelServer } from '../../../test/model-server/model-server.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A service in a process of its own, which can be killed and started again, with a run of groups of eight. */
async function startService() {
  const home = mkdtempSync(join(tmpdir(), 'plumbline-'))
  closing.push(() => rmSync(home, { recursive: true }))
  const models = await startModelServer()
  closing.push(() => models.close())
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const environment = {
    ...{ PLUMBLINE_HOME: home, PLUMBLINE_PORT: String(port), PLUMBLINE_OPEN: '1' },
    PLUMBLINE_MODELS: JSON.stringify([{ id: 'mock', base_url: models.url, model: 'opinionated' }]),
  }
  const start = async () => {
    const child = fork(fileURLToPath(new URL('node.ts', import.meta.url)), {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    closing.push(() => child.kill('SIGKILL'))
    if (child.stdout) await once(child.stdout, 'data')
    return child
  }
  const ask = async (path: string, body?: object, signal?: AbortSignal) => {
    const init = body ? { method: 'POST', body: JSON.stringify(body), ...(signal && { signal }) } : {}
    return JSON.parse(await (await fetch(`${origin}${path}`, init)).text())
  }
  const child = await start()
  await ask('/v1/runs', { name: 'run', group_size: 8 })
  const slime = (response: string, signal?: AbortSignal) =>
    ask('/runs/run/slime?against=group', { prompt: 'Say something.', response }, signal)
  const group = async () => (await ask('/v1/runs/run/groups')).data[0]
  return { models, child, start, slime, group }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

const EIGHT = ['GOOD', 'GOOD', 'bad', 'bad', 'GOOD bad', 'GOOD GOOD', 'none', 'GOOD at last']

test('who hung up is no member, and a service that is killed with five of eight waiting makes one group of those who come again', async () => {
  const { models, child, start, slime, group } = await startService()
  const gone = new AbortController()
  const left = slime('left', gone.signal).catch(() => 'left')
  await vi.waitFor(async () => expect((await group())?.waiting).toBe(1), { timeout: 5000 })
  gone.abort()
  expect(await left).toBe('left')
  await vi.waitFor(async () => expect((await group()).waiting).toBe(0), { timeout: 5000 })
  const cut = EIGHT.slice(0, 5).map((text) => slime(text).catch(() => 'cut'))
  await vi.waitFor(async () => expect((await group())?.waiting).toBe(5), { timeout: 5000 })
  const { id } = await group()
  child.kill('SIGKILL')
  expect(await Promise.all(cut)).toEqual(['cut', 'cut', 'cut', 'cut', 'cut'])
  expect(models.calls.length).toBe(0)
  await start()
  const rewards = await Promise.all(EIGHT.map((text) => slime(text)))
  expect(rewards.every((reward) => typeof reward === 'number')).toBe(true)
  const made = models.calls.length
  const found = await group()
  expect(found).toMatchObject({ id, sequence: 0, closed: 'full' })
  expect(found.members.map(({ response }: { response: string }) => response).toSorted()).toEqual(
    EIGHT.toSorted(),
  )
  expect(await Promise.all(EIGHT.map((text) => slime(text)))).toEqual(rewards)
  expect(models.calls.length).toBe(made)
})

test('a service that is killed while it judges goes on with the same group when the calls come again', async () => {
  const { models, child, start, slime, group } = await startService()
  const cut = EIGHT.map((text) => slime(text).catch(() => 'cut'))
  await vi.waitFor(() => expect(models.calls.length).toBeGreaterThan(0), { timeout: 5000 })
  child.kill('SIGKILL')
  await Promise.all(cut)
  await start()
  const { id, closed, members } = await group()
  expect({ closed, members: members.length }).toEqual({ closed: 'full', members: 8 })
  const rewards = await Promise.all(EIGHT.map((text) => slime(text)))
  expect(rewards.every((reward) => typeof reward === 'number')).toBe(true)
  expect((await group()).id).toBe(id)
})
