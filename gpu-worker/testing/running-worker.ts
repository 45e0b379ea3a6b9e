import { afterEach } from 'vitest'
import type { Engine } from '../generate/engine.ts'
import { type Serving, startWorker, type Worker } from '../worker.ts'

const running: Worker[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.close()))
})

/** A worker on a free port, open unless told otherwise, closed after the test. */
export async function start(
  engine: Engine | Promise<Engine>,
  serving: Partial<Serving> = {},
): Promise<Worker> {
  const worker = await startWorker({ engine, port: 0, secret: null, open: true, ...serving })
  running.push(worker)
  return worker
}

/** Waits until a worker serves its model, and what earlier jobs trained. */
export async function serving(worker: Worker): Promise<void> {
  while (!(await fetch(`${worker.url}/v1/models`)).ok) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** POSTs a body, as JSON unless it is text already. */
export function post(worker: Worker, path: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(worker.url + path, { method: 'POST', body: text, ...init })
}

/** Waits until something holds; the test's own time limit is the only one. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** The data of each server-sent event. */
export async function eventsOf(reply: Response): Promise<string[]> {
  return (await reply.text()).split('\n\n').flatMap((event) => /^data: (.*)$/m.exec(event)?.[1] ?? [])
}
