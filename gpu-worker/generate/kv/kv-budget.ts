import { PlumblineError } from '../../../shared/protocol/error.ts'
import { type KvShape, kvBytes, placesFor, roomFor } from './kv-shape.ts'

/** The most tokens that a request will hold: while its text is read, and in its row of the decode batch, if it gets one. */
export type KvNeed = { prompt: number; row: number | null }

/**
 * Shares one limit of bytes between the texts being read, the decode batch, and the cache, which gets what the others
 * leave. Requests are counted with the most that they can come to, so that what was admitted never runs out.
 */
export class KvBudget {
  readonly #shape: KvShape
  readonly #limit: number
  readonly #cacheLimit: number
  readonly #prompts = new Set<KvNeed>()
  readonly #rows = new Set<KvNeed>()
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

  /** Throws `context_exceeded` for a request that would not fit if it were alone. */
  refuseOversized({ prompt, row }: KvNeed): void {
    const bytes = this.#promptBytes(prompt) + (row === null ? 0 : this.#batch([row]))
    if (bytes <= this.#limit) return
    throw new PlumblineError(
      'context_exceeded',
      `The request may come to ${row ?? prompt} tokens, whose keys and values take ${mebibytes(bytes)}, but the ` +
        `engine holds ${mebibytes(this.#limit)}: shorten it, ask for fewer tokens, or raise PLUMBLINE_KV_BYTES.`,
    )
  }

  fits(need: KvNeed): boolean {
    return this.#running(need) <= this.#limit
  }

  /** Counts a request in, in both of its places. */
  admit(need: KvNeed): void {
    this.#prompts.add(need)
    if (need.row !== null) this.#rows.add(need)
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
    const rows = [...this.#rows, ...all].flatMap(({ row }) => row ?? [])
    return prompts + Math.max(this.#batchBytes(), this.#batch(rows))
  }

  #promptBytes(tokens: number): number {
    return kvBytes(this.#shape, 1, roomFor(tokens))
  }

  #batch(rows: readonly number[]): number {
    return kvBytes(this.#shape, placesFor(rows.length), roomFor(Math.max(0, ...rows)))
  }
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`
}
