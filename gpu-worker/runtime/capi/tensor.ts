import { DTYPES, type DType } from '../../onnx/types.ts'
import type { DeviceTensor } from '../device.ts'
import { elementsOf, requireWithin } from '../extent.ts'
import { bytesOf, type HostArray, hostArray } from '../host-array.ts'
import { Memory } from './memory.ts'
import type { Runtime } from './runtime.ts'

/** A tensor over counted memory, with the OrtValue that names it to sessions. */
export class CapiTensor implements DeviceTensor {
  readonly dtype: DType
  readonly dims: readonly number[]
  readonly bytes: number
  readonly runtime: Runtime
  readonly #memory: Memory
  readonly #offset: number
  #value: bigint | null

  private constructor(
    runtime: Runtime,
    memory: Memory,
    offset: number,
    dtype: DType,
    dims: readonly number[],
  ) {
    this.dtype = dtype
    this.dims = [...dims]
    this.bytes = elementsOf(dims) * DTYPES[dtype].bytes
    this.runtime = runtime
    this.#memory = memory
    this.#offset = offset
    try {
      runtime.living.add(this)
      this.#value = runtime.tensorValue(memory.pointer + BigInt(offset), dtype, dims)
    } catch (error) {
      runtime.living.delete(this)
      memory.release()
      throw error
    }
  }

  static allocate(runtime: Runtime, dtype: DType, dims: readonly number[]): CapiTensor {
    const memory = new Memory(runtime.processor, elementsOf(dims) * DTYPES[dtype].bytes)
    return new CapiTensor(runtime, memory, 0, dtype, dims)
  }

  /** The OrtValue. */
  get value(): bigint {
    if (this.#value !== null) return this.#value
    throw new TypeError('this tensor was disposed of')
  }

  /** Keeps the memory until the caller releases it. */
  hold(): Memory {
    this.#memory.hold()
    return this.#memory
  }

  view(dims: readonly number[], offset = 0): DeviceTensor {
    const start = Number(this.#range(offset, elementsOf(dims)) - this.#memory.pointer)
    return new CapiTensor(this.runtime, this.hold(), start, this.dtype, dims)
  }

  write(values: HostArray, offset = 0): void {
    const bytes = bytesOf(this.dtype, values)
    this.runtime.processor.write(this.#range(offset, values.length), bytes)
  }

  read(): HostArray {
    const from = this.#range(0, elementsOf(this.dims))
    const buffer = new ArrayBuffer(this.bytes)
    this.runtime.processor.read(from, new Uint8Array(buffer))
    return hostArray(this.dtype, buffer)
  }

  copyFrom(source: DeviceTensor, from: number, to: number, elements: number): void {
    if (!(source instanceof CapiTensor) || source.runtime !== this.runtime) {
      throw new TypeError('a tensor copies from tensors of its own device alone')
    }
    if (source.dtype !== this.dtype) throw new TypeError(`${source.dtype} is not ${this.dtype}`)
    const bytes = elements * DTYPES[this.dtype].bytes
    this.runtime.processor.copy(this.#range(to, elements), source.#range(from, elements), bytes)
  }

  dispose(): void {
    if (this.#value === null) return
    this.runtime.api.call('ReleaseValue', this.#value)
    this.#value = null
    this.runtime.living.delete(this)
    this.#memory.release()
  }

  /** Where a range of elements begins, which must lie within the tensor. */
  #range(from: number, elements: number): bigint {
    if (this.#value === null) throw new TypeError('this tensor was disposed of')
    const { bytes } = DTYPES[this.dtype]
    requireWithin(this.bytes / bytes, from, elements)
    return this.#memory.pointer + BigInt(this.#offset + from * bytes)
  }
}
