import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ModelInfo } from '../../gpu-worker/generate/engine.ts'
import type { OnProgress } from '../../gpu-worker/weights/progress.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { WorkerNews } from './worker-news.ts'

const GRACE_MS = 5000

export type WorkerProcess = {
  /** Where it listens, from the moment that it does: the model may still be loading. */
  url: Promise<string>
  /** The model, once it answers. Rejects with a sentence when it can't be loaded or the process ends. */
  model: Promise<ModelInfo>
  /** Settles when the process is gone, with what to say of it. */
  ended: Promise<string>
  close(): Promise<void>
}

/** Runs `plumbline worker` as a child that ends with this process, however this process ends. */
export function startWorkerProcess(
  model: string | undefined,
  variables: Record<string, string>,
  onProgress: OnProgress,
): WorkerProcess {
  const program = fileURLToPath(new URL('../plumbline.ts', import.meta.url))
  const reference = model === undefined ? [] : ['--model', model]
  const child = fork(program, ['worker', '--port', '0', ...reference], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(
    ([code, signal]) => `The worker ended (${signal ?? `status ${code}`}).`,
  )
  const url = Promise.withResolvers<string>()
  const ready = Promise.withResolvers<ModelInfo>()
  const fail = (message: string) => {
    const error = new PlumblineError('not_configured', message)
    url.reject(error)
    ready.reject(error)
  }
  child.on('message', (news: WorkerNews) => {
    if (news.kind === 'listening') url.resolve(news.url)
    if (news.kind === 'progress') onProgress(news.progress)
    if (news.kind === 'ready') ready.resolve(news.model)
    if (news.kind === 'failed') fail(news.message)
  })
  void ended.then(fail)
  // Whoever awaits one of them hears of a failure; the other must not count as unheard.
  url.promise.catch(() => {})
  ready.promise.catch(() => {})
  return { url: url.promise, model: ready.promise, ended, close: () => close(child, ended) }
}

async function close(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.connected) child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
  await ended
  clearTimeout(timer)
}
