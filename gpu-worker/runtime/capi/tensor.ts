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
    this.#value = runtime.tensorValue(memory.pointer + BigInt(offset), dtype, dims)
    runtime.living.add(this)
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
    this.#requireWithin(offset, elementsOf(dims))
    const { bytes } = DTYPES[this.dtype]
    return new CapiTensor(this.runtime, this.hold(), this.#offset + offset * bytes, this.dtype, dims)
  }

  write(values: HostArray, offset = 0): void {
    this.#requireWithin(offset, values.length)
    this.runtime.processor.write(this.#address(offset), bytesOf(this.dtype, values))
  }

  read(): HostArray {
    const buffer = new ArrayBuffer(this.bytes)
    this.runtime.processor.read(this.#address(0), new Uint8Array(buffer))
    return hostArray(this.dtype, buffer)
  }

  copyFrom(source: DeviceTensor, from: number, to: number, elements: number): void {
    if (!(source instanceof CapiTensor) || source.runtime !== this.runtime) {
      throw new TypeError('a tensor copies from tensors of its own device alone')
    }
    if (source.dtype !== this.dtype) throw new TypeError(`${source.dtype} is not ${this.dtype}`)
    source.#requireWithin(from, elements)
    this.#requireWithin(to, elements)
    const bytes = elements * DTYPES[this.dtype].bytes
    this.runtime.processor.copy(this.#address(to), source.#address(from), bytes)
  }

  dispose(): void {
    if (this.#value === null) return
    this.runtime.api.call('ReleaseValue', this.#value)
    this.#value = null
    this.runtime.living.delete(this)
    this.#memory.release()
  }

  #address(element: number): bigint {
    return this.#memory.pointer + BigInt(this.#offset + element * DTYPES[this.dtype].bytes)
  }

  /** That a range of elements lies within, and that the tensor lives. */
  #requireWithin(from: number, elements: number): void {
    if (this.#value === null) throw new TypeError('this tensor was disposed of')
    requireWithin(this.bytes / DTYPES[this.dtype].bytes, from, elements)
  }
}
