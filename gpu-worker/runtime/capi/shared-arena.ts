import type { Api } from './api.ts'

const ARENA_ALLOCATOR = 1
const DEFAULT_MEMORY = 0

/**
 * Memory that sessions on the processor compute in by turns: an arena keeps the most that it ever gave out, which would add
 * up where each session has one of its own. The process's environment hands one arena to sessions that are made; where a
 * device in another thread registers another, those that are there keep theirs. It is freed with the last session of it.
 */
export class SharedArena {
  readonly #api: Api
  readonly #environment: bigint
  #users = 0

  constructor(api: Api, environment: bigint) {
    this.#api = api
    this.#environment = environment
  }

  /** To be called before a session is made that is to use it. */
  use(): void {
    if (this.#users++ === 0) this.#withInfo((info) => this.#register(info))
  }

  /** To be called when that session is no more. */
  release(): void {
    if (--this.#users === 0) this.#withInfo((info) => this.#unregister(info))
  }

  #register(info: bigint): void {
    this.#api.call('CreateAndRegisterAllocator', this.#environment, info, null)
  }

  #unregister(info: bigint): void {
    try {
      this.#api.call('UnregisterAllocator', this.#environment, info)
    } catch {
      // Another thread's device has done so: nothing is left to be freed.
    }
  }

  #withInfo(body: (info: bigint) => void): void {
    const info = this.#api.call('CreateMemoryInfo', 'Cpu', ARENA_ALLOCATOR, 0, DEFAULT_MEMORY)
    try {
      body(info)
    } finally {
      this.#api.call('ReleaseMemoryInfo', info)
    }
  }
}
