import * as ort from 'onnxruntime-node'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { DTYPES, type DType } from '../../onnx/types.ts'
import type { DeviceTensor } from '../device.ts'
import { elementsOf, requireWithin } from '../extent.ts'
import { bytesOf, type HostArray, hostArray } from '../host-array.ts'

/** A tensor in JavaScript's own memory. */
export class StockTensor implements DeviceTensor {
  readonly dtype: DType
  readonly dims: readonly number[]
  readonly #bytes: Uint8Array<ArrayBuffer>
  #wrapped: ort.Tensor | null = null
  #disposed = false

  constructor(dtype: DType, dims: readonly number[], bytes: Uint8Array<ArrayBuffer>) {
    this.dtype = dtype
    this.dims = [...dims]
    this.#bytes = bytes
  }

  static allocate(dtype: DType, dims: readonly number[]): StockTensor {
    return new StockTensor(dtype, dims, new Uint8Array(elementsOf(dims) * DTYPES[dtype].bytes))
  }

  get bytes(): number {
    return this.#bytes.length
  }

  /** The memory as the binding reads it. */
  get wrapped(): ort.Tensor {
    const { buffer, byteOffset, length } = this.#memory
    this.#wrapped ??= wrap(this.dtype, buffer, byteOffset, length / DTYPES[this.dtype].bytes, this.dims)
    return this.#wrapped
  }

  /** Copies what a run made. Throws `internal` for another shape. */
  take(made: ort.OnnxValue | undefined): void {
    if (!(made instanceof ort.Tensor) || made.type === 'string' || !('buffer' in made.data)) {
      throw new PlumblineError('internal', 'The runtime gave no tensor; reinstall onnxruntime-node.')
    }
    if (made.dims.join() !== this.dims.join()) {
      throw new PlumblineError('internal', `The runtime gave [${made.dims}] for a tensor of [${this.dims}].`)
    }
    this.#memory.set(new Uint8Array(made.data.buffer, made.data.byteOffset, made.data.byteLength))
  }

  get #memory(): Uint8Array<ArrayBuffer> {
    if (this.#disposed) throw new TypeError('this tensor was disposed of')
    return this.#bytes
  }

  view(dims: readonly number[], offset = 0): StockTensor {
    return new StockTensor(this.dtype, dims, this.#range(offset, elementsOf(dims)))
  }

  write(values: HostArray, offset = 0): void {
    this.#range(offset, values.length).set(bytesOf(this.dtype, values))
  }

  read(): HostArray {
    return hostArray(this.dtype, this.#memory.slice().buffer)
  }

  copyFrom(source: DeviceTensor, from: number, to: number, elements: number): void {
    if (!(source instanceof StockTensor)) {
      throw new TypeError('a tensor copies from tensors of its own device alone')
    }
    if (source.dtype !== this.dtype) throw new TypeError(`${source.dtype} is not ${this.dtype}`)
    this.#range(to, elements).set(source.#range(from, elements))
  }

  dispose(): void {
    this.#disposed = true
  }

  #range(from: number, elements: number): Uint8Array<ArrayBuffer> {
    const { bytes } = DTYPES[this.dtype]
    requireWithin(this.#memory.length / bytes, from, elements)
    return this.#bytes.subarray(from * bytes, (from + elements) * bytes)
  }
}

function wrap(dtype: DType, buffer: ArrayBuffer, from: number, length: number, dims: readonly number[]) {
  switch (dtype) {
    case 'float32':
      return new ort.Tensor(dtype, new Float32Array(buffer, from, length), dims)
    case 'float64':
      return new ort.Tensor(dtype, new Float64Array(buffer, from, length), dims)
    case 'float16':
      return new ort.Tensor(dtype, new Uint16Array(buffer, from, length), dims)
    case 'int32':
      return new ort.Tensor(dtype, new Int32Array(buffer, from, length), dims)
    case 'int64':
      return new ort.Tensor(dtype, new BigInt64Array(buffer, from, length), dims)
    case 'uint8':
    case 'bool':
      return new ort.Tensor(dtype, new Uint8Array(buffer, from, length), dims)
    case 'bfloat16':
      throw new PlumblineError(
        'not_configured',
        'The stock binding has no bfloat16: unset PLUMBLINE_RUNTIME.',
      )
  }
}
