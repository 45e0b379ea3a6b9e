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
  /** The model, once it answers. */
  model: Promise<ModelInfo>
  /** Rejects, as the others then do, with a sentence when the model can't be loaded or the process ends. */
  failed: Promise<never>
  close(): Promise<void>
}

/** Runs `plumbline worker` as a child that ends with this process, however this process ends. */
export function startWorkerProcess(
  reference: string | undefined,
  variables: Record<string, string>,
  onProgress: OnProgress,
): WorkerProcess {
  const program = fileURLToPath(new URL('../plumbline.ts', import.meta.url))
  const child = fork(program, ['worker', '--port', '0', ...(reference ? ['--model', reference] : [])], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const url = Promise.withResolvers<string>()
  const model = Promise.withResolvers<ModelInfo>()
  const failed = Promise.withResolvers<never>()
  const fail = (message: string) => {
    const error = new PlumblineError('not_configured', message)
    for (const { promise, reject } of [url, model, failed]) {
      // Whoever awaits one of them hears of it; the others must not count as unheard.
      promise.catch(() => {})
      reject(error)
    }
  }
  child.on('message', (news: WorkerNews) => {
    if (news.kind === 'listening') url.resolve(news.url)
    if (news.kind === 'progress') onProgress(news.progress)
    if (news.kind === 'ready') model.resolve(news.model)
    if (news.kind === 'failed') fail(news.message)
  })
  // What it said last may be heard after its exit; the channel closes once all of it is.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(([[code, signal]]) =>
    fail(`The worker ended (${signal ?? `status ${code}`}), so the edge is stopped too.`),
  )
  return {
    url: url.promise,
    model: model.promise,
    failed: failed.promise,
    close: () => close(child, ended),
  }
}

async function close(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
  await ended
  clearTimeout(timer)
}
