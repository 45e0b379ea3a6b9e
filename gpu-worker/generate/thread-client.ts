import type { Worker } from 'node:worker_threads'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { OnProgress } from '../weights/progress.ts'
import type { EngineLoad, EngineStats, GenerateEvent, ModelInfo } from './engine.ts'
import {
  type Call,
  type CallResult,
  closed,
  type FromThread,
  fromFailure,
  type ToThread,
} from './thread-messages.ts'

type Pending = {
  /** Out of the queue. */
  started: boolean
  resolve: (result: CallResult) => void
  reject: (error: unknown) => void
  onEvent: OnEvent
}
type OnEvent = (event: GenerateEvent) => void
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never

/** The main thread's end of the engine's thread. When the thread dies, whatever waits for it fails. */
export class ThreadClient {
  readonly ready: Promise<ModelInfo>
  /** Resolves when the thread has ended without being told to. */
  readonly failure: Promise<PlumblineError>
  readonly #worker: Worker
  readonly #exited: Promise<void>
  readonly #pending = new Map<number, Pending>()
  #stats: EngineStats | null = null
  #dead: PlumblineError | null = null
  #count = 0
  #running = 0

  constructor(worker: Worker, onProgress: OnProgress) {
    this.#worker = worker
    const ready = Promise.withResolvers<ModelInfo>()
    const exited = Promise.withResolvers<void>()
    const failure = Promise.withResolvers<PlumblineError>()
    this.ready = ready.promise
    this.failure = failure.promise
    this.#exited = exited.promise
    worker.on('message', (messages: FromThread[]) => {
      for (const message of messages) {
        if (message.kind === 'progress') onProgress(message.progress)
        else if (message.kind === 'ready') ready.resolve(message.model)
        else if (message.kind === 'unready') ready.reject(fromFailure(message.error))
        else if (message.kind === 'stats') this.#stats = message.stats
        else this.#receive(message)
      }
    })
    const die = (reason: string) => {
      if (!this.#dead) {
        this.#dead = new PlumblineError(
          'internal',
          `The engine's thread ended (${reason}); restart the worker.`,
        )
        failure.resolve(this.#dead)
      }
      ready.reject(this.#dead)
      for (const [id, { reject }] of this.#pending) {
        this.#forget(id)
        reject(this.#dead)
      }
    }
    worker.on('error', (error) => die(error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => {
      die(`exit ${code}`)
      exited.resolve()
    })
  }

  /** Calls that wait in the thread, and calls that it has begun. */
  get load(): EngineLoad {
    return { queued: this.#pending.size - this.#running, running: this.#running }
  }

  /** As the thread last told it; null before it is ready. */
  get stats(): EngineStats | null {
    return this.#stats
  }

  /**
   * Makes a call and waits for its end. After the signal's abort the thread gives the call up between two passes,
   * and the signal's reason is thrown.
   */
  async call(call: WithoutId<Call>, signal?: AbortSignal, onEvent: OnEvent = () => {}): Promise<CallResult> {
    if (this.#dead) throw this.#dead
    signal?.throwIfAborted()
    const id = this.#count++
    const abort = () => this.#send({ kind: 'abort', id })
    signal?.addEventListener('abort', abort, { once: true })
    try {
      return await new Promise((resolve, reject) => {
        this.#pending.set(id, { started: false, resolve, reject, onEvent })
        this.#send({ ...call, id })
      })
    } catch (error) {
      this.#forget(id)
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Ends the thread; what it runs fails between two passes. */
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
    } else if (message.kind === 'started') {
      pending.started = true
      this.#running++
    } else {
      this.#forget(message.id)
      if (message.kind === 'done') pending.resolve(message.result)
      else pending.reject(fromFailure(message.error))
    }
  }

  #forget(id: number): void {
    if (this.#pending.get(id)?.started) this.#running--
    this.#pending.delete(id)
  }
}
