import { parentPort, workerData } from 'node:worker_threads'
import { type Loaded, type LoadOptions, loadModel } from './load-model.ts'
import type { Model } from './model.ts'
import { type Call, closed, type FromThread, type ToThread, toFailure } from './thread-messages.ts'

/** The engine's thread: loads the model, then answers what it is asked, many requests at a time. */

const port = parentPort
if (!port) throw new Error('thread.ts is run by open-engine.ts, in a worker thread')

/** While something runs, statistics are sent every so many milliseconds. */
const STATS_DELAY = 50

const options: LoadOptions = workerData
const loading = new AbortController()
const running = new Map<number, { abort: AbortController; ended: Promise<void> }>()
let loaded: Loaded | null = null

/** What is said at one moment goes as one message: a pass over a batch has a token for each of its rows. */
let outbox: FromThread[] = []
function send(message: FromThread): void {
  outbox.push(message)
  if (outbox.length > 1) return
  queueMicrotask(() => {
    port?.postMessage(outbox)
    outbox = []
  })
}

port.on('message', (message: ToThread) => {
  if (loaded) receive(loaded, message)
  else if (message.kind === 'close') loading.abort(closed())
})
try {
  loaded = await loadModel(options, (progress) => send({ kind: 'progress', progress }), loading.signal)
  send({ kind: 'stats', stats: loaded.model.stats() })
  send({ kind: 'ready', model: loaded.info })
} catch (error) {
  send({ kind: 'unready', error: toFailure(error) })
  queueMicrotask(() => port.close())
}

function receive(loaded: Loaded, message: ToThread): void {
  if (message.kind === 'close') {
    void close(loaded)
  } else if (message.kind === 'abort') {
    running.get(message.id)?.abort.abort()
  } else {
    const abort = new AbortController()
    const ended = answer(loaded.model, message, abort.signal)
    running.set(message.id, { abort, ended })
    sendStatsSoon(loaded.model)
  }
}

async function close(loaded: Loaded): Promise<void> {
  for (const { abort } of running.values()) abort.abort(closed())
  await Promise.all(Array.from(running.values(), ({ ended }) => ended))
  clearTimeout(statsTimer ?? undefined)
  await loaded.dispose()
  port?.close()
}

async function answer(model: Model, call: Call, signal: AbortSignal): Promise<void> {
  const { id } = call
  const said = await resultOf(model, call, signal).then(
    (result): FromThread => ({ kind: 'done', id, result }),
    (error): FromThread => ({ kind: 'error', id, error: toFailure(error) }),
  )
  send({ kind: 'stats', stats: model.stats() })
  send(said)
  running.delete(id)
  // Memory is given back at the next step.
  sendStatsSoon(model)
}

async function resultOf(model: Model, { id, kind, request }: Call, signal: AbortSignal) {
  const onStart = () => send({ kind: 'started', id })
  switch (kind) {
    case 'generate':
      await model.generate({ ...request, signal }, onStart, (event) => send({ kind: 'event', id, event }))
      return null
    case 'choose':
      return model.choose({ ...request, signal }, onStart)
    case 'logprobs':
      return model.logprobs(request.tokens, onStart, signal)
    case 'loadAdapter':
      return model.loadAdapter(request.name, request.folder)
    case 'offerAdapter':
      return model.offerAdapter(request.name, request.folder)
    case 'unloadAdapter':
      await model.unloadAdapter(request.name)
      return null
  }
}

let statsTimer: NodeJS.Timeout | null = null
function sendStatsSoon(model: Model): void {
  statsTimer ??= setTimeout(() => {
    statsTimer = null
    send({ kind: 'stats', stats: model.stats() })
    if (running.size > 0) sendStatsSoon(model)
  }, STATS_DELAY)
}
