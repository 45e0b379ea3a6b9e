import type { Device } from '../../runtime/device.ts'
import { type KvShape, kvBytes, placesFor, roomFor } from './kv-shape.ts'
import { KvTensors } from './kv-tensors.ts'

/**
 * The keys and values of the replies under way, in rows 0 to `size - 1` of one set of tensors. Rows and room grow and
 * shrink in steps. Must not be changed while a pass runs on it.
 */
export class DecodeBatch<Reply> {
  readonly #device: Device
  readonly #shape: KvShape
  readonly #rows: { reply: Reply; length: number }[] = []
  #kv: KvTensors | null = null

  constructor(device: Device, shape: KvShape) {
    this.#device = device
    this.#shape = shape
  }

  get size(): number {
    return this.#rows.length
  }

  get bytes(): number {
    return this.#kv?.bytes ?? 0
  }

  /** The replies with how many tokens each has read, row by row. */
  get rows(): readonly { readonly reply: Reply; readonly length: number }[] {
    return this.#rows
  }

  /** The tensors, with room for one more token in every row. Null for no rows. */
  get kv(): KvTensors | null {
    return this.#kv
  }

  /** Takes a reply in as the last row, with what it has read so far. */
  join(reply: Reply, read: KvTensors, length: number): void {
    this.#fit([...this.#lengths(), length])
    this.#kv?.copyRow(read, 0, this.#rows.length, length)
    this.#rows.push({ reply, length })
  }

  /** Every row has read one token more. */
  advance(): void {
    for (const row of this.#rows) row.length++
    this.#fit(this.#lengths())
  }

  /** Lets rows go; the last ones take their places. */
  leave(gone: (reply: Reply) => boolean): void {
    for (let row = this.#rows.length - 1; row >= 0; row--) {
      const leaving = this.#rows[row]
      if (!leaving || !gone(leaving.reply)) continue
      const from = this.#rows.length - 1
      const last = this.#rows[from]
      if (last && last !== leaving) {
        this.#kv?.copyRow(this.#kv, from, row, last.length)
        this.#rows[row] = last
      }
      this.#rows.pop()
    }
    this.#fit(this.#lengths())
  }

  dispose(): void {
    this.#rows.length = 0
    this.#kv?.dispose()
    this.#kv = null
  }

  #lengths(): number[] {
    return this.#rows.map(({ length }) => length)
  }

  /** Grows for rows of these lengths and a token more each; shrinks once half of the memory would do. */
  #fit(lengths: readonly number[]): void {
    const places = placesFor(lengths.length)
    const room = roomFor(Math.max(0, ...lengths))
    const kv = this.#kv
    if (places === 0) {
      this.dispose()
    } else if (kv === null) {
      this.#kv = new KvTensors(this.#device, this.#shape, places, room)
    } else if (
      places > kv.rows ||
      room > kv.room ||
      2 * kvBytes(this.#shape, places, room) <= kvBytes(this.#shape, kv.rows, kv.room)
    ) {
      kv.resize(places, room, this.#lengths())
    }
  }
}
