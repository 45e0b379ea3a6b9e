import { PORTS } from '../../nn/ports.ts'
import type { Device, DeviceTensor, Tensors } from '../../runtime/device.ts'
import { type KvShape, kvBytes } from './kv-shape.ts'

/**
 * Keys and values of some rows of tokens, in the device's memory: for each layer a key tensor and a value tensor
 * [rows, kvHeads, room, headSize]. What is not filled holds anything.
 */
export class KvTensors {
  readonly #device: Device
  readonly #shape: KvShape
  #rows: number
  #room: number
  /** Keys at even places, values at odd ones, layer by layer. */
  readonly #parts: DeviceTensor[]
  /** The first rows alone, as a pass binds them. */
  #bound: { rows: number; inputs: Tensors; outputs: Tensors; views: DeviceTensor[] } | null = null

  constructor(device: Device, shape: KvShape, rows: number, room: number) {
    this.#device = device
    this.#shape = shape
    this.#rows = rows
    this.#room = room
    this.#parts = []
    try {
      while (this.#parts.length < 2 * shape.layers) this.#parts.push(this.#allocate(rows, room))
    } catch (error) {
      this.dispose()
      throw error
    }
  }

  get rows(): number {
    return this.#rows
  }

  /** Tokens that a row has room for. */
  get room(): number {
    return this.#room
  }

  get bytes(): number {
    return kvBytes(this.#shape, this.#rows, this.#room)
  }

  /** The graph's ports for the first rows: past and present are the same memory. */
  ports(rows: number): { inputs: Tensors; outputs: Tensors } {
    if (this.#bound?.rows !== rows) {
      this.#unbind()
      const views = this.#parts.map((part) => part.view(this.#dims(rows, this.#room)))
      const named = (key: (layer: number) => string, value: (layer: number) => string) =>
        Object.fromEntries(
          views.map((view, part) => [(part % 2 === 0 ? key : value)(Math.floor(part / 2)), view]),
        )
      const inputs = named(PORTS.pastKey, PORTS.pastValue)
      const outputs = named(PORTS.presentKey, PORTS.presentValue)
      this.#bound = { rows, inputs, outputs, views }
    }
    return this.#bound
  }

  /** Copies a row's first tokens from a row of other tensors of the shape, or of these. */
  copyRow(source: KvTensors, from: number, to: number, tokens: number): void {
    this.#parts.forEach((part, index) => {
      const other = source.#parts[index]
      if (other) this.#copyHeads(other, source.#room, from, part, this.#room, to, tokens)
    })
  }

  /**
   * Gives other sizes; of the rows that stay, the first `tokens[row]` tokens are kept. One tensor is moved after the
   * other, so that no more than one is there twice. Where that fails they are disposed of: some have moved already.
   */
  resize(rows: number, room: number, tokens: readonly number[]): void {
    if (rows === this.#rows && room === this.#room) return
    this.#unbind()
    try {
      this.#parts.forEach((part, index) => {
        const moved = this.#allocate(rows, room)
        this.#parts[index] = moved
        try {
          tokens.forEach((length, row) => {
            this.#copyHeads(part, this.#room, row, moved, room, row, length)
          })
        } finally {
          part.dispose()
        }
      })
    } catch (error) {
      this.dispose()
      throw error
    }
    this.#rows = rows
    this.#room = room
  }

  dispose(): void {
    this.#unbind()
    for (const part of this.#parts) part.dispose()
    this.#parts.length = 0
  }

  #copyHeads(
    source: DeviceTensor,
    sourceRoom: number,
    from: number,
    target: DeviceTensor,
    targetRoom: number,
    to: number,
    tokens: number,
  ): void {
    const { kvHeads, headSize } = this.#shape
    for (let head = 0; head < kvHeads && tokens > 0; head++) {
      const start = (from * kvHeads + head) * sourceRoom * headSize
      const place = (to * kvHeads + head) * targetRoom * headSize
      target.copyFrom(source, start, place, tokens * headSize)
    }
  }

  #allocate(rows: number, room: number): DeviceTensor {
    return this.#device.allocate(this.#shape.dtype, this.#dims(rows, room))
  }

  #dims(rows: number, room: number): number[] {
    return [rows, this.#shape.kvHeads, room, this.#shape.headSize]
  }

  #unbind(): void {
    for (const view of this.#bound?.views ?? []) view.dispose()
    this.#bound = null
  }
}
