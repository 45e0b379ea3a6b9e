import { parentPort, workerData } from 'node:worker_threads'
import { type Loaded, type LoadOptions, loadModel } from './load-model.ts'
import { closed, type FromThread, type Request, type ToThread, toFailure } from './thread-messages.ts'

/** The engine's thread: loads the model, then answers one request at a time. */

const port = parentPort
if (!port) throw new Error('thread.ts is run by open-engine.ts, in a worker thread')

const options: LoadOptions = workerData
const loading = new AbortController()
let loaded: Loaded | null = null
const send = (message: FromThread) => port.postMessage(message)
let running: { id: number; abort: AbortController; ended: Promise<void> } | null = null

port.on('message', (message: ToThread) => {
  if (loaded) receive(loaded, message)
  else if (message.kind === 'close') loading.abort(closed())
})
try {
  loaded = await loadModel(options, (progress) => send({ kind: 'progress', progress }), loading.signal)
  send({ kind: 'ready', model: loaded.info })
} catch (error) {
  send({ kind: 'unready', error: toFailure(error) })
  port.close()
}

function receive(loaded: Loaded, message: ToThread): void {
  if (message.kind === 'close') {
    void close(loaded)
  } else if (message.kind === 'abort') {
    if (running?.id === message.id) running.abort.abort()
  } else {
    const abort = new AbortController()
    const ended = answer(loaded, message, abort.signal).finally(() => {
      running = null
    })
    running = { id: message.id, abort, ended }
  }
}

async function close(loaded: Loaded): Promise<void> {
  running?.abort.abort(closed())
  await running?.ended
  await loaded.dispose()
  port?.close()
}

async function answer({ model }: Loaded, message: Request, signal: AbortSignal): Promise<void> {
  const { id } = message
  try {
    if (message.kind === 'generate') {
      const events = model.generate({ ...message.request, signal })
      for await (const event of events) send({ kind: 'event', id, event })
      send({ kind: 'done', id, result: null })
    } else if (message.kind === 'choose') {
      const result = await model.choose({ ...message.request, signal })
      send({ kind: 'done', id, result })
    } else {
      send({ kind: 'done', id, result: await model.logprobs(message.tokens) })
    }
  } catch (error) {
    send({ kind: 'error', id, error: toFailure(error) })
  }
}
