import { parentPort, workerData } from 'node:worker_threads'
import { type Loaded, type LoadOptions, loadModel } from './load-model.ts'
import { type FromThread, type Request, type ToThread, toFailure } from './thread-messages.ts'

/** The engine's thread: loads the model, then answers one request at a time. */

const port = parentPort
if (!port) throw new Error('thread.ts is run by open-engine.ts, in a worker thread')

const options: LoadOptions = workerData
const send = (message: FromThread) => port.postMessage(message)
let running: { id: number; abort: AbortController } | null = null

try {
  const loaded = await loadModel(options, (progress) => send({ kind: 'progress', progress }))
  port.on('message', (message: ToThread) => receive(loaded, message))
  send({ kind: 'ready', model: loaded.info })
} catch (error) {
  send({ kind: 'unready', error: toFailure(error) })
}

function receive(loaded: Loaded, message: ToThread): void {
  if (message.kind === 'close') {
    void loaded.dispose().finally(() => port?.close())
  } else if (message.kind === 'abort') {
    if (running?.id === message.id) running.abort.abort()
  } else {
    void answer(loaded, message)
  }
}

async function answer({ model }: Loaded, message: Request): Promise<void> {
  const { id } = message
  const abort = new AbortController()
  running = { id, abort }
  try {
    if (message.kind === 'generate') {
      const events = model.generate({ ...message.request, signal: abort.signal })
      for await (const event of events) send({ kind: 'event', id, event })
      send({ kind: 'done', id, result: null })
    } else if (message.kind === 'choose') {
      const result = await model.choose({ ...message.request, signal: abort.signal })
      send({ kind: 'done', id, result })
    } else {
      send({ kind: 'done', id, result: await model.logprobs(message.tokens) })
    }
  } catch (error) {
    send({ kind: 'error', id, error: toFailure(error) })
  } finally {
    running = null
  }
}
