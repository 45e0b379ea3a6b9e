import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Service = { origin: string; key: string; stop: () => Promise<void> }

/** The whole service with its real model and one API key, on a port and with records of its own. */
export async function startService(): Promise<Service> {
  const home = await mkdtemp(join(tmpdir(), 'plumbline-clients-'))
  const port = await freePort()
  const key = `pk-${randomBytes(12).toString('hex')}`
  const digest = createHash('sha256').update(key).digest('hex')
  const child = spawn(process.execPath, ['cli/plumbline.ts', 'start', '--port', String(port)], {
    env: {
      ...process.env,
      PLUMBLINE_MODELS: '',
      PLUMBLINE_API_KEYS: `clients:${digest}`,
      PLUMBLINE_HOME: home,
      // rewardbench asks for models of its own list alone
      PLUMBLINE_MODEL_ALIASES: '{"gpt-*": "plumbline/direct", "claude-*": "plumbline/direct"}',
    },
    detached: true,
  })
  await ready(child)
  return {
    origin: `http://localhost:${port}`,
    key,
    stop: async () => {
      const ended = once(child, 'close')
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
      await ended
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function ready(child: ChildProcess): Promise<void> {
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk))
  while (!said.includes('curl')) {
    if (child.exitCode !== null) throw new Error(`plumbline start ended: ${said}`)
    await new Promise((go) => setTimeout(go, 100))
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.')
  return address.port
}
