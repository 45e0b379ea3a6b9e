import type { DecoderConfig } from '../nn/config.ts'
import { KvState } from './kv-state.ts'

/**
 * Recent token sequences with their keys and values, so that a request computes only what follows the longest
 * prefix that it shares with one of them. Bounded in bytes; the least recently used go first.
 */
export class PrefixCache {
  readonly #config: DecoderConfig
  readonly #bytes: number
  /** Most recently used last. */
  readonly #states: KvState[] = []

  constructor(config: DecoderConfig, bytes: number) {
    this.#config = config
    this.#bytes = bytes
  }

  /**
   * A state that holds a proper prefix of the tokens, the longest known, ready to be appended to; the last
   * token is always left to run, since its logits are not kept.
   */
  acquire(tokens: readonly number[]): KvState {
    const best = this.#states
      .map((state) => ({ state, shared: sharedPrefix(state.tokens, tokens, tokens.length - 1) }))
      .reduce((a, b) => (b.shared >= a.shared ? b : a), { state: null, shared: 0 } as Candidate)
    const state = this.#take(best, tokens.length)
    this.#touch(state)
    this.#evict()
    return state
  }

  #take({ state, shared }: Candidate, room: number): KvState {
    if (state === null || shared === 0) return new KvState(this.#config, room)
    // A short tail is cheaper to lose than to keep: questions after one long prefix overwrite each other.
    if (state.tokens.length - shared > shared / 2) return state.fork(shared, room)
    state.truncate(shared)
    return state
  }

  #touch(state: KvState): void {
    const at = this.#states.indexOf(state)
    if (at >= 0) this.#states.splice(at, 1)
    this.#states.push(state)
  }

  /** The state in use stays, however large. */
  #evict(): void {
    const total = () => this.#states.reduce((sum, state) => sum + state.bytes, 0)
    while (this.#states.length > 1 && total() > this.#bytes) this.#states.shift()
  }
}

type Candidate = { state: KvState | null; shared: number }

function sharedPrefix(a: readonly number[], b: readonly number[], limit: number): number {
  const end = Math.min(a.length, b.length, limit)
  let length = 0
  while (length < end && a[length] === b[length]) length++
  return length
}
