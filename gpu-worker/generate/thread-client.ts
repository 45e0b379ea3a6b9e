import type { Worker } from 'node:worker_threads'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { OnProgress } from '../weights/progress.ts'
import type { ChooseResult, GenerateEvent, ModelInfo } from './engine.ts'
import { closed, type FromThread, fromFailure, type Request, type ToThread } from './thread-messages.ts'

type Result = ChooseResult | Float32Array[] | null
type Pending = { resolve: (result: Result) => void; reject: (error: unknown) => void; onEvent: OnEvent }
type OnEvent = (event: GenerateEvent) => void
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never

/** The main thread's end of the engine's thread. When the thread dies, whatever waits for it fails. */
export class ThreadClient {
  readonly ready: Promise<ModelInfo>
  readonly #worker: Worker
  readonly #exited: Promise<void>
  readonly #pending = new Map<number, Pending>()
  #dead: PlumblineError | null = null
  #count = 0

  constructor(worker: Worker, onProgress: OnProgress) {
    this.#worker = worker
    const ready = Promise.withResolvers<ModelInfo>()
    const exited = Promise.withResolvers<void>()
    this.ready = ready.promise
    this.#exited = exited.promise
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'progress') onProgress(message.progress)
      else if (message.kind === 'ready') ready.resolve(message.model)
      else if (message.kind === 'unready') ready.reject(fromFailure(message.error))
      else this.#receive(message)
    })
    const die = (reason: string) => {
      this.#dead ??= new PlumblineError(
        'internal',
        `The engine's thread ended (${reason}); restart the worker.`,
      )
      ready.reject(this.#dead)
      for (const { reject } of this.#pending.values()) reject(this.#dead)
      this.#pending.clear()
    }
    worker.on('error', (error) => die(error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => {
      die(`exit ${code}`)
      exited.resolve()
    })
  }

  /**
   * Sends a request and waits for its end. After the signal's abort the thread gives the request up between
   * two steps, and the signal's reason is thrown.
   */
  async call(
    request: WithoutId<Request>,
    signal?: AbortSignal,
    onEvent: OnEvent = () => {},
  ): Promise<Result> {
    if (this.#dead) throw this.#dead
    signal?.throwIfAborted()
    const id = this.#count++
    const abort = () => this.#send({ kind: 'abort', id })
    signal?.addEventListener('abort', abort, { once: true })
    try {
      return await new Promise((resolve, reject) => {
        this.#pending.set(id, { resolve, reject, onEvent })
        this.#send({ ...request, id })
      })
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Ends the thread; what it runs fails between two steps. */
  async close(): Promise<void> {
    if (!this.#dead) this.#send({ kind: 'close' })
    this.#dead ??= closed()
    await this.#exited
  }

  #send(message: ToThread): void {
    this.#worker.postMessage(message)
  }

  #receive(message: Extract<FromThread, { id: number }>): void {
    const pending = this.#pending.get(message.id)
    if (!pending) return
    if (message.kind === 'event') {
      pending.onEvent(message.event)
      return
    }
    this.#pending.delete(message.id)
    if (message.kind === 'done') pending.resolve(message.result)
    else pending.reject(fromFailure(message.error))
  }
}
