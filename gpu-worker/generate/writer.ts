import type { Device } from '../runtime/device.ts'
import { DecodeBatch } from './kv/decode-batch.ts'
import type { KvShape } from './kv/kv-shape.ts'
import type { Sequence } from './kv/sequence.ts'
import type { AdaptRows, Passes } from './passes.ts'
import type { Turns } from './turns.ts'

/** A reply in the running batch. */
export type Writing = {
  readonly adapter: string | null
  readonly signal: AbortSignal | undefined
  /** Takes the logits after its last token. Returns the next token, null when it has ended. */
  take(logits: Float32Array): number | null
  /** Whether there is memory for so many tokens of it. */
  grow(tokens: number): boolean
  /** Its row has been given to others. */
  left(): void
}

export type WriterParts = {
  device: Device
  shape: KvShape
  passes: Passes
  turns: Turns
  adapt: AdaptRows
  vocabulary: number
}

/** Why a reply is out of the batch: it is whole, or there was no memory for its next token. */
export type Outcome = 'whole' | 'evicted'

/** `age` counts up: who joined later has a larger one. */
type Row = {
  writing: Writing
  next: number
  age: number
  over: boolean
  end: PromiseWithResolvers<Outcome>
}
type Joining = { row: Row; sequence: Sequence; joined: PromiseWithResolvers<void> }
type Step = { rows: readonly Row[]; logits: Float32Array }

/**
 * Writes replies together, a token of each a pass; replies join and leave between passes. Where their tokens come to
 * more than there is memory for, the newest go.
 */
export class Writer {
  readonly #parts: WriterParts
  readonly #batch: DecodeBatch<Row>
  #joining: Joining[] = []
  #running = false
  #joined = 0

  constructor(parts: WriterParts) {
    this.#parts = parts
    this.#batch = new DecodeBatch(parts.device, parts.shape)
  }

  /** Bytes of keys and values that the batch holds. */
  get bytes(): number {
    return this.#batch.bytes
  }

  /**
   * Takes a reply into the batch, with its first token and the sequence before it, which has been copied when this
   * resolves. `ended` resolves when it is out again; it throws the signal's reason and what `take` throws.
   */
  async join(writing: Writing, next: number, sequence: Sequence): Promise<{ ended: Promise<Outcome> }> {
    const row: Row = { writing, next, age: this.#joined++, over: false, end: Promise.withResolvers() }
    const joined = Promise.withResolvers<void>()
    this.#joining.push({ row, sequence, joined })
    if (!this.#running) void this.#run()
    await joined.promise
    return { ended: row.end.promise }
  }

  /** When nobody is left. */
  dispose(): void {
    this.#batch.dispose()
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#running) {
      try {
        const step = await this.#parts.turns.take(() => this.#step())
        // Tokens are drawn while the next in line has the device.
        if (step) this.#draw(step)
      } catch (error) {
        this.#abandon(error)
      }
    }
  }

  /** One pass over all rows, after who is over has left and who waits has joined. Null when nobody is left. */
  async #step(): Promise<Step | null> {
    const { passes, adapt } = this.#parts
    this.#settle()
    const { rows: places, kv } = this.#batch
    if (!kv) {
      this.#running = false
      return null
    }
    const rows = places.map(({ reply }) => reply)
    const past = places.map(({ length }) => length)
    const logits = await passes.run({
      kv,
      rows: rows.length,
      tokens: rows.map(({ next }) => next),
      positions: past,
      past,
      tree: null,
      wanted: [...rows.keys()],
      adapted: adapt(rows.map(({ writing }) => writing.adapter)),
    })
    this.#batch.advance()
    return { rows, logits }
  }

  /** A pass failed: what its rows hold can't be trusted any more. */
  #abandon(error: unknown): void {
    const rows = this.#batch.rows.map(({ reply }) => reply)
    this.#batch.dispose()
    for (const row of rows) {
      fail(row, error)
      row.writing.left()
    }
    for (const { joined } of this.#joining.splice(0)) joined.reject(error)
    this.#running = false
  }

  #settle(): void {
    for (const { reply } of this.#batch.rows) failIfAborted(reply)
    this.#dismiss((row) => row.over)
    for (const { row, sequence, joined } of this.#joining.splice(0)) {
      const { signal } = row.writing
      if (signal?.aborted) {
        joined.reject(signal.reason)
        continue
      }
      try {
        this.#batch.join(row, sequence.kv, sequence.tokens.length)
        joined.resolve()
      } catch (error) {
        joined.reject(error)
        throw error
      }
    }
    this.#evict()
  }

  /** The newest rows go until there is memory for the next token of each that stays. */
  #evict(): void {
    const rows = this.#batch.rows.toSorted((a, b) => a.reply.age - b.reply.age)
    for (let oldest = 0; oldest < rows.length; ) {
      const row = rows[oldest]
      if (row?.reply.writing.grow(row.length + 1)) {
        oldest++
        continue
      }
      const newest = rows.pop()?.reply
      if (newest) end(newest, 'evicted')
      this.#dismiss((row) => row === newest)
    }
  }

  #dismiss(goes: (row: Row) => boolean): void {
    const gone = this.#batch.rows.map(({ reply }) => reply).filter(goes)
    try {
      this.#batch.leave(goes)
    } finally {
      for (const { writing } of gone) writing.left()
    }
  }

  #draw({ rows, logits }: Step): void {
    const { vocabulary } = this.#parts
    rows.forEach((row, index) => {
      if (row.over) return
      try {
        const next = row.writing.take(logits.subarray(index * vocabulary, (index + 1) * vocabulary))
        if (next === null) end(row, 'whole')
        else row.next = next
      } catch (error) {
        fail(row, error)
      }
    })
  }
}

function end(row: Row, outcome: Outcome): void {
  row.over = true
  row.end.resolve(outcome)
}

function fail(row: Row, error: unknown): void {
  row.over = true
  row.end.reject(error)
}

function failIfAborted(row: Row): void {
  const { signal } = row.writing
  if (signal?.aborted) fail(row, signal.reason)
}
