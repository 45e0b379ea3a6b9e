import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { startModelServer } from '../../../test/model-server/model-server.ts'

const entry = fileURLToPath(new URL('node.ts', import.meta.url))

test('an idle connection outlives those of trainers, and a busy one ends when the process is told to', async () => {
  const home = mkdtempSync(join(tmpdir(), 'plumbline-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const models = await startModelServer({ delayMs: 300 })
  onTestFinished(models.close)
  const child = spawn(process.execPath, [entry], {
    env: {
      PATH: process.env.PATH,
      ...{ PLUMBLINE_HOME: home, PLUMBLINE_OPEN: '1', PLUMBLINE_PORT: '0' },
      PLUMBLINE_MODELS: JSON.stringify([{ id: 'm', base_url: models.url, model: 'opinionated' }]),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  const [, port] = /:(\d+)\s*$/.exec(String(line)) ?? []
  const call = request(`http://127.0.0.1:${port}/rlhf/slime`, {
    method: 'POST',
    agent: new Agent({ keepAlive: true }),
    headers: { 'content-type': 'application/json' },
  })
  call.end('{"prompt": "Say good.", "response": "GOOD"}')
  await expect.poll(() => models.calls.length, { timeout: 10_000 }).toBeGreaterThan(0)
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  const [reply] = await once(call, 'response')
  reply.resume()
  // aiohttp keeps an idle connection for 15 s
  expect(Number(/timeout=(\d+)/.exec(reply.headers['keep-alive'])?.[1])).toBeGreaterThan(15)
  const answered = Date.now()
  await exit
  expect(Date.now() - answered).toBeLessThan(5000)
})
