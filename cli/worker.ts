import { once } from 'node:events'
import { Command } from 'commander'
import type { Engine } from '../gpu-worker/generate/engine.ts'
import { openEngine } from '../gpu-worker/generate/open-engine.ts'
import { PROGRAM, trainingThreads } from '../gpu-worker/jobs/training-thread.ts'
import { openSandbox } from '../gpu-worker/sandbox/sandbox.ts'
import { openTracer } from '../gpu-worker/server/trace.ts'
import { defaultHome } from '../gpu-worker/weights/home.ts'
import { startWorker } from '../gpu-worker/worker.ts'
import { reportFailures } from './failure.ts'
import { toFailure } from './start/failure.ts'
import { openScreen } from './start/screen.ts'
import { secretOf } from './start/secret.ts'
import type { WorkerNews } from './start/worker-news.ts'
import { checkWorker } from './worker/check.ts'
import {
  addWorkerOptions,
  engineOptionsOf,
  programSettingsOf,
  servingOf,
  type WorkerOptions,
} from './worker/options.ts'

/** `plumbline worker`: one worker in the foreground. `plumbline start` runs it as its child. */
export function workerCommand(): Command {
  const command = new Command('worker').description(
    'Run one worker in the foreground: a model behind an OpenAI-compatible server that also judges.',
  )
  return addWorkerOptions(command)
    .option('--check', 'say what this machine computes with, try it, and end')
    .action((options: WorkerOptions & { check?: true }) =>
      reportFailures(false, () => (options.check ? checkWorker : runWorker)(options).catch(toFailure)),
    )
}

async function runWorker(options: WorkerOptions): Promise<void> {
  const tell = process.send ? tellLauncher : tellPeople()
  const stopped = stopSignal()
  const secret = await secretOf(process.env)
  const sandbox = await openSandbox(options.python)
  const opening = Promise.withResolvers<Engine>()
  const tracer = openTracer(process.env)
  const metricsKey = process.env.PLUMBLINE_METRICS_KEY
  const worker = await startWorker({
    engine: opening.promise,
    secret,
    tracer,
    sandbox,
    ...(metricsKey && { metricsKey }),
    ...servingOf(options),
    training: {
      home: defaultHome(process.env),
      start: trainingThreads(PROGRAM, programSettingsOf(options, process.env)),
    },
  })
  tell({ kind: 'listening', url: worker.url })
  const givenUp = new AbortController()
  openEngine({
    ...engineOptionsOf(options),
    signal: givenUp.signal,
    home: defaultHome(process.env),
    onProgress: (progress) => tell({ kind: 'progress', progress }),
  }).then(opening.resolve, opening.reject)
  try {
    const engine = await Promise.race([opening.promise, stopped])
    if (engine) {
      tell({ kind: 'ready', model: engine.model })
      const failure = await Promise.race([engine.failure, stopped])
      if (failure) throw failure
    }
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
