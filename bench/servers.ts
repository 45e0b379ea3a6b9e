import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { bundle } from '../cli/start/bundle.ts'
import { startEdge } from '../cli/start/edge.ts'
import type { Models } from './uncached.ts'

export type Server = { url: string; close(): Promise<void> }
export const RUNTIMES = ['workerd', 'Node'] as const
export type Runtime = (typeof RUNTIMES)[number]

/** The edge in a process of its own, with its storage on disk and the two hosted models, whose entries also say `more`. */
export async function startPlumbline(runtime: Runtime, models: Models, more: object = {}): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'))
  const port = await freePort()
  const variables = {
    PLUMBLINE_MODELS: JSON.stringify([
      { id: 'mock', base_url: models.model.url, model: 'opinionated', ...more },
      { id: 'slow', base_url: models.slow.url, model: 'opinionated', ...more },
    ]),
    PLUMBLINE_SECRET: 'a secret of the bench',
    PLUMBLINE_OPEN: '1',
  }
  const server =
    runtime === 'workerd'
      ? await startEdge(port, folder, variables)
      : startNode('../api/platform/server/node.ts', {
          ...variables,
          PLUMBLINE_PORT: String(port),
          PLUMBLINE_HOME: folder,
        })
  const url = `http://127.0.0.1:${port}`
  await untilAnswers(url)
  return {
    url,
    async close() {
      await server.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** The plain route that answers `reply`, on the same runtime. */
export async function startPlain(runtime: Runtime, reply: string): Promise<Server> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server =
    runtime === 'workerd'
      ? await startPlainWorker(port, reply)
      : startNode('./plain/node.ts', { PORT: String(port), REPLY: reply })
  await untilAnswers(url)
  return { url, close: server.close }
}

async function startPlainWorker(port: number, reply: string) {
  const modules = await bundle(fileURLToPath(new URL('./plain/worker.ts', import.meta.url)))
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      log: new Log(LogLevel.ERROR),
      workers: [
        {
          compatibilityDate: '2026-10-01',
          bindings: { REPLY: reply },
          modules,
          unsafeDirectSockets: [{ host: '127.0.0.1', port }],
        },
      ],
    }),
  )
  await miniflare.ready
  return { close: () => miniflare.dispose() }
}

function startNode(program: string, variables: Record<string, string>) {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return {
    async close() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('The probe has no port.')
  return address.port
}

async function untilAnswers(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(url).catch(() => null)
    if (answer) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`Nothing answers on ${url}.`)
}
