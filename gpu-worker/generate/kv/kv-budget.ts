import { PlumblineError } from '../../../shared/protocol/error.ts'
import { type KvShape, kvBytes, placesFor, roomFor, tokensWithin } from './kv-shape.ts'

/** A model that can hold less answers nothing of use. */
const LEAST_CONTEXT = 256

/** Tokens that a request holds: while its text is read, and at first in its row of the decode batch, if it gets one. */
export type KvNeed = { prompt: number; row: number | null }

/**
 * Shares one limit of bytes between the texts being read, the decode batch, and the cache, which gets what the others
 * leave. Memory is set aside before it is used: a row that comes to need more asks for it, and may be told no.
 */
export class KvBudget {
  readonly #shape: KvShape
  readonly #limit: number
  readonly #cacheLimit: number
  readonly #prompts = new Set<KvNeed>()
  /** With the tokens that each row may hold. */
  readonly #rows = new Map<KvNeed, number>()
  /** What the batch really holds: it shrinks later than its requests leave. */
  readonly #batchBytes: () => number

  constructor(
    shape: KvShape,
    { limit, cacheLimit, batchBytes }: { limit: number; cacheLimit: number; batchBytes: () => number },
  ) {
    this.#shape = shape
    this.#limit = limit
    this.#cacheLimit = cacheLimit
    this.#batchBytes = batchBytes
  }

  fits(need: KvNeed): boolean {
    return this.#running(need) <= this.#limit
  }

  /** Counts a request in, in both of its places. */
  admit(need: KvNeed): void {
    this.#prompts.add(need)
    if (need.row !== null) this.#rows.set(need, need.row)
  }

  /** Sets more aside for a row that shall hold so many tokens. False where others leave no memory for that. */
  grow(need: KvNeed, tokens: number): boolean {
    const before = this.#rows.get(need) ?? 0
    if (tokens <= before) return true
    this.#rows.set(need, tokens)
    if (roomFor(tokens) === roomFor(before) || this.running <= this.#limit) return true
    this.#rows.set(need, before)
    return false
  }

  /** Its text has been read, and has been given to the cache. */
  leavePrompt(need: KvNeed): void {
    this.#prompts.delete(need)
  }

  leaveBatch(need: KvNeed): void {
    this.#rows.delete(need)
  }

  /** Bytes set aside for what runs. */
  get running(): number {
    return this.#running(null)
  }

  /** Bytes that the cache may hold now. */
  get spare(): number {
    return Math.max(0, Math.min(this.#cacheLimit, this.#limit - this.running))
  }

  #running(joining: KvNeed | null): number {
    const all = joining ? [joining] : []
    const prompts = [...this.#prompts, ...all].reduce((sum, { prompt }) => sum + this.#promptBytes(prompt), 0)
    const rows = [...this.#rows.values(), ...all.flatMap(({ row }) => row ?? [])]
    return prompts + Math.max(this.#batchBytes(), this.#batch(rows))
  }

  #promptBytes(tokens: number): number {
    return kvBytes(this.#shape, 1, roomFor(tokens))
  }

  #batch(rows: readonly number[]): number {
    return kvBytes(this.#shape, placesFor(rows.length), roomFor(Math.max(0, ...rows)))
  }
}

/**
 * The longest context, `wanted` at the most, with which any request fits into so many bytes when it is alone: its text
 * while it is read, and its row of the decode batch. Throws `not_configured` where hardly anything would.
 */
export function contextWithin(bytes: number, shape: KvShape, wanted: number): number {
  const context = Math.min(wanted, tokensWithin(bytes / 2, shape))
  const least = Math.min(wanted, LEAST_CONTEXT)
  if (context >= least) return context
  throw new PlumblineError(
    'not_configured',
    `PLUMBLINE_KV_BYTES is ${bytes}, too little for texts of ${least} tokens: set it to ` +
      `${2 * kvBytes(shape, 1, roomFor(least))} or more.`,
  )
}
