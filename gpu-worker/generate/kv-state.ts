import type { DecoderConfig } from '../nn/config.ts'
import type { TensorOf } from '../runtime/session.ts'

type Float32Tensor = TensorOf<'float32', Float32Array>

/** Capacities are multiples of this many tokens. */
const STEP = 256

/**
 * The keys and values of a token sequence: for each layer a key tensor and a value tensor
 * [1, kvHeads, capacity, headSize], filled up to `tokens.length`. Capacity grows by doubling.
 */
export class KvState {
  readonly #config: DecoderConfig
  #tensors: Float32Tensor[]
  #capacity: number
  readonly tokens: number[] = []

  constructor(config: DecoderConfig, room: number) {
    this.#config = config
    this.#capacity = Math.ceil(Math.max(room, 1) / STEP) * STEP
    this.#tensors = this.#allocate()
  }

  get bytes(): number {
    return this.#tensors.reduce((sum, tensor) => sum + tensor.data.byteLength, 0)
  }

  /** Key tensors at even places, value tensors at odd ones, layer by layer. */
  get tensors(): readonly Float32Tensor[] {
    return this.#tensors
  }

  /** Forgets what lies after the first `length` tokens. */
  truncate(length: number): void {
    this.tokens.length = Math.min(this.tokens.length, length)
  }

  /** Appends tokens with their keys and values, [2 * layers, kvHeads, tokens, headSize]. */
  append(tokens: readonly number[], keyValues: Float32Array): void {
    this.#reserve(this.tokens.length + tokens.length)
    const { kvHeads, headSize } = this.#config
    const run = tokens.length * headSize
    this.#tensors.forEach(({ data }, part) => {
      for (let head = 0; head < kvHeads; head++) {
        const from = (part * kvHeads + head) * run
        const to = (head * this.#capacity + this.tokens.length) * headSize
        data.set(keyValues.subarray(from, from + run), to)
      }
    })
    this.tokens.push(...tokens)
  }

  /** A state of its own that begins with the same `length` tokens. */
  fork(length: number, room: number): KvState {
    const copy = new KvState(this.#config, Math.max(length, room))
    copy.#copy(this.#tensors, this.#capacity, length)
    for (const token of this.tokens.slice(0, length)) copy.tokens.push(token)
    return copy
  }

  #reserve(length: number): void {
    if (length <= this.#capacity) return
    const old = { tensors: this.#tensors, capacity: this.#capacity }
    const roomy = Math.min(2 * old.capacity, this.#config.context)
    this.#capacity = Math.ceil(Math.max(length, roomy) / STEP) * STEP
    this.#tensors = this.#allocate()
    this.#copy(old.tensors, old.capacity, this.tokens.length)
  }

  #copy(tensors: readonly Float32Tensor[], capacity: number, length: number): void {
    const { kvHeads, headSize } = this.#config
    this.#tensors.forEach(({ data }, part) => {
      const source = tensors[part]?.data
      for (let head = 0; source && head < kvHeads; head++) {
        const from = head * capacity * headSize
        data.set(source.subarray(from, from + length * headSize), head * this.#capacity * headSize)
      }
    })
  }

  #allocate(): Float32Tensor[] {
    const dims = [1, this.#config.kvHeads, this.#capacity, this.#config.headSize]
    const size = dims.reduce((product, dim) => product * dim, 1)
    return Array.from({ length: 2 * this.#config.layers }, () => ({
      dtype: 'float32',
      dims,
      data: new Float32Array(size),
    }))
  }
}
