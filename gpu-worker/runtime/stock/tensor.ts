import * as ort from 'onnxruntime-node'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { DTYPES, type DType } from '../../onnx/types.ts'
import type { DeviceTensor } from '../device.ts'
import { elementsOf, requireWithin } from '../extent.ts'
import { bytesOf, type HostArray, hostArray } from '../host-array.ts'
import type { Living } from '../living.ts'

/** A tensor in JavaScript's own memory. */
export class StockTensor implements DeviceTensor {
  readonly living: Living
  readonly dtype: DType
  readonly dims: readonly number[]
  readonly #bytes: Uint8Array<ArrayBuffer>
  #wrapped: ort.Tensor | null = null
  #disposed = false

  private constructor(living: Living, dtype: DType, dims: readonly number[], bytes: Uint8Array<ArrayBuffer>) {
    living.add(this)
    this.living = living
    this.dtype = dtype
    this.dims = [...dims]
    this.#bytes = bytes
  }

  static allocate(living: Living, dtype: DType, dims: readonly number[]): StockTensor {
    return new StockTensor(living, dtype, dims, new Uint8Array(elementsOf(dims) * DTYPES[dtype].bytes))
  }

  get bytes(): number {
    return this.#bytes.length
  }

  /** The memory as the binding reads it. */
  get wrapped(): ort.Tensor {
    const { buffer, byteOffset, length } = this.#bytes
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
    this.#bytes.set(new Uint8Array(made.data.buffer, made.data.byteOffset, made.data.byteLength))
  }

  refuseDisposed(): void {
    if (this.#disposed) throw new TypeError('this tensor was disposed of')
  }

  view(dims: readonly number[], offset = 0): StockTensor {
    return new StockTensor(this.living, this.dtype, dims, this.#range(offset, elementsOf(dims)))
  }

  write(values: HostArray, offset = 0): void {
    this.#range(offset, values.length).set(bytesOf(this.dtype, values))
  }

  read(): HostArray {
    this.refuseDisposed()
    return hostArray(this.dtype, this.#bytes.slice().buffer)
  }

  copyFrom(source: DeviceTensor, from: number, to: number, elements: number): void {
    if (!(source instanceof StockTensor) || source.living !== this.living) {
      throw new TypeError('a tensor copies from tensors of its own device alone')
    }
    if (source.dtype !== this.dtype) throw new TypeError(`${source.dtype} is not ${this.dtype}`)
    this.#range(to, elements).set(source.#range(from, elements))
  }

  dispose(): void {
    this.#disposed = true
    this.living.delete(this)
  }

  #range(from: number, elements: number): Uint8Array<ArrayBuffer> {
    const { bytes } = DTYPES[this.dtype]
    this.refuseDisposed()
    requireWithin(this.#bytes.length / bytes, from, elements)
    return this.#bytes.subarray(from * bytes, (from + elements) * bytes)
  }
}

function wrap(dtype: DType, buffer: ArrayBuffer, from: number, length: number, dims: readonly number[]) {
  switch (dtype) {
    case 'float32':
      return new ort.Tensor(dtype, new Float32Array(buffer, from, length), dims)
    case 'float64':
      return new ort.Tensor(dtype, new Float64Array(buffer, from, length), dims)
    case 'int32':
      return new ort.Tensor(dtype, new Int32Array(buffer, from, length), dims)
    case 'int64':
      return new ort.Tensor(dtype, new BigInt64Array(buffer, from, length), dims)
    case 'uint8':
    case 'bool':
      return new ort.Tensor(dtype, new Uint8Array(buffer, from, length), dims)
    case 'float16':
    case 'bfloat16':
      throw new PlumblineError(
        'not_configured',
        'The stock binding takes no 16-bit floats: unset PLUMBLINE_RUNTIME, or choose another precision.',
      )
  }
}
