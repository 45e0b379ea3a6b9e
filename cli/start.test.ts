import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startModelServer } from '../test/model-server/model-server.ts'
import { startEdgeProcess } from './start/edge-process.ts'

const PAIR = { prompt: 'Say it.', responses: ['GOOD.', 'Bad.'] }

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'plumbline-start-'))
})
afterAll(() => rm(home, { recursive: true }))

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (typeof address !== 'object' || address === null) throw new Error('The probe has no port.')
  return address.port
}

function start(args: string[], variables: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['cli/plumbline.ts', 'start', ...args], {
    env: { ...process.env, PLUMBLINE_MODELS: '', PLUMBLINE_API_KEYS: '', PLUMBLINE_HOME: home, ...variables },
  })
  const said = { text: '' }
  const hear = (chunk: Buffer) => {
    said.text += chunk.toString()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return { child, said, ended: once(child, 'close') }
}

async function untilReady(child: ChildProcess, said: { text: string }): Promise<void> {
  while (!said.text.includes('curl') && child.exitCode === null) await new Promise((go) => setTimeout(go, 50))
}

async function judge(port: number): Promise<{ winner: string; usage: { cache: string } }> {
  const response = await fetch(`http://localhost:${port}/v1/judgments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(PAIR),
  })
  return response.json()
}

describe('plumbline start', () => {
  test('judges with the models given, stops cleanly, and keeps records and secret for the next start', async () => {
    const model = await startModelServer()
    const port = await freePort()
    const models = JSON.stringify([{ id: 'mock', base_url: model.url, model: 'opinionated' }])
    const answers = []
    const secrets = []
    for (let i = 0; i < 2; i++) {
      const { child, said, ended } = start(['--port', String(port)], { PLUMBLINE_MODELS: models })
      await untilReady(child, said)
      answers.push(await judge(port))
      secrets.push(await readFile(join(home, 'secret'), 'utf8'))
      child.kill('SIGINT')
      expect(await ended).toEqual([0, null])
      expect(said.text).toContain('Stopping.')
      await expect(judge(port)).rejects.toThrow()
    }
    await model.close()
    expect(answers).toMatchObject([
      { winner: 'first', usage: { cache: 'miss' } },
      { winner: 'first', usage: { cache: 'hit' } },
    ])
    expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/)
    expect(secrets[1]).toBe(secrets[0])
    expect((await stat(join(home, 'secret'))).mode & 0o777).toBe(0o600)
  })

  test.each([
    [['--port', '0'], {}, 'whole number from 1 to 65535'],
    [[], { PLUMBLINE_MODELS: '[{"id":"x"}]' }, 'PLUMBLINE_MODELS'],
    [[], { PLUMBLINE_MODELS: '[{"id":"x","base_url":"http://h/v1","model":"m","key":"NO_KEY"}]' }, 'NO_KEY'],
    [[], { PLUMBLINE_API_KEYS: 'nonsense' }, 'PLUMBLINE_API_KEYS'],
    [
      ['--model', 'file:x'],
      { PLUMBLINE_MODELS: '[{"id":"x","base_url":"http://h/v1","model":"m"}]' },
      '--model',
    ],
    [[], { PLUMBLINE_HOME: '/dev/null' }, '/dev/null'],
    [[], { PLUMBLINE_WORKER_VERDICTS: 'guess' }, 'PLUMBLINE_WORKER_VERDICTS'],
    // Node's own way of making folders never comes back from there.
    [[], { PLUMBLINE_HOME: '/proc/x/y' }, '/proc/x/y'],
  ])('%j with %j is refused in one sentence', async (args, variables, named) => {
    const { said, ended } = start(args, variables)
    expect(await ended).toEqual([1, null])
    expect(said.text).toContain(named)
    expect(said.text.trim().split('\n')).toHaveLength(1)
  })

  test('a port in use is named, with the flag that changes it', async () => {
    const squatter = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')).listen(0, '127.0.0.1')
    await once(squatter, 'listening')
    const address = squatter.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const { said, ended } = start(['--port', port])
    expect(await ended).toEqual([1, null])
    expect(said.text).toContain(port)
    expect(said.text).toContain('--port')
    squatter.close()
  })

  test('a port that is taken while the edge starts is named too', async () => {
    const squatter = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')).listen(0, '127.0.0.1')
    await once(squatter, 'listening')
    const address = squatter.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const edge = startEdgeProcess(port, join(home, 'edge'), {})
    await expect(edge.ready).rejects.toThrow(`Port ${port} is in use`)
    await edge.close()
    squatter.close()
  })

  test('ctrl-C ends it at once while it makes its model ready', async () => {
    const endless = ['--port', String(await freePort()), '--model', 'file:/dev/zero']
    const { child, said, ended } = start(endless)
    await expect.poll(() => said.text, { timeout: 10_000 }).toContain('Reading')
    const stopped = performance.now()
    child.kill('SIGINT')
    expect(await ended).toEqual([0, null])
    expect(said.text).toContain('Stopping.')
    // The worker gives up by itself: it is not killed after the grace of five seconds.
    expect(performance.now() - stopped).toBeLessThan(5000)
  })

  test('a launcher that is killed leaves nothing on its port', async () => {
    const port = await freePort()
    const { child, said, ended } = start(['--no-worker', '--port', String(port)])
    await untilReady(child, said)
    child.kill('SIGKILL')
    await ended
    await expect.poll(() => fetch(`http://localhost:${port}/healthz`).catch(() => 'gone')).toBe('gone')
  })

  test('a worker that cannot load its model takes the edge with it and says why', async () => {
    const port = await freePort()
    const { said, ended } = start(['--port', String(port), '--model', 'file:/nowhere.gguf'])
    expect(await ended).toEqual([1, null])
    expect(said.text).toContain('/nowhere.gguf')
    await expect(judge(port)).rejects.toThrow()
  })
})
