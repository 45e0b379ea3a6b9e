import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { workerKey } from '../../shared/identity/worker-key.ts'

const COMMAND = fileURLToPath(new URL('../../cli/plumbline.ts', import.meta.url))
const SECRET = 'a secret of the soak'

/** `plumbline worker` in a process of its own. */
export type WorkerProcess = {
  url: string
  /** Its name for the model. */
  model: string
  headers: Record<string, string>
  /** Bytes of memory that it occupies. */
  resident(): Promise<number>
  close(): Promise<void>
}

/** Starts one and waits until its model answers. */
export async function startWorkerProcess(
  reference: string,
  options: readonly string[] = [],
): Promise<WorkerProcess> {
  const child = spawn(
    process.execPath,
    [COMMAND, 'worker', '--model', reference, '--port', '0', ...options],
    {
      env: { ...process.env, PLUMBLINE_SECRET: SECRET },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let said = ''
  const address = Promise.withResolvers<string>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    const [, url] = /listens on (\S+)\/v1/.exec(said) ?? []
    if (url !== undefined) address.resolve(url)
  })
  child.once('exit', (code) => address.reject(new Error(`The worker ended with ${code}: ${said}`)))
  const url = await address.promise
  let health = await fetch(`${url}/healthz`)
  while (!health.ok) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    health = await fetch(`${url}/healthz`)
  }
  const { model }: { model: { id: string } } = await health.json()
  return {
    url,
    model: model.id,
    headers: { authorization: `Bearer ${await workerKey(SECRET)}` },
    async resident() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024
    },
    async close() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
