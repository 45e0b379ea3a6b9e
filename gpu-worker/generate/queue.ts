import { PlumblineError } from '../../shared/protocol/error.ts'
import type { EngineLoad } from './engine.ts'

/** Runs tasks one at a time in order of arrival; holds a bounded number of them. */
export class Queue {
  readonly #limit: number
  #waiting: (() => void)[] = []
  #running = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get load(): EngineLoad {
    return { queued: this.#waiting.length, running: this.#running }
  }

  /**
   * Runs the task when its turn comes; a task whose signal aborts while it waits leaves the queue.
   * Throws `overloaded` when the queue is full, and the signal's reason.
   */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#turn(signal)
    try {
      return await task()
    } finally {
      const next = this.#waiting.shift()
      // The turn passes on without a gap in which another could start.
      if (next) next()
      else this.#running = 0
    }
  }

  async #turn(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.#running === 0) {
      this.#running = 1
      return
    }
    if (this.#waiting.length >= this.#limit) {
      throw new PlumblineError(
        'overloaded',
        `The engine has ${this.#limit} requests waiting; send this one again later.`,
        { transient: true },
      )
    }
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#waiting = this.#waiting.filter((other) => other !== start)
        reject(signal?.reason)
      }
      const start = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      signal?.addEventListener('abort', leave, { once: true })
      this.#waiting.push(start)
    })
  }
}
