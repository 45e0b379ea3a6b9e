import type { DType } from '../onnx/types.ts'
import type { Device, DeviceTensor } from '../runtime/device.ts'
import { type HostArray, hostArray } from '../runtime/host-array.ts'

/** Memory for one input or output of every pass: it grows by doubling, and each pass sees it under its own sizes. */
export class PassTensor {
  readonly #device: Device
  readonly #dtype: DType
  readonly #zeros: boolean
  #memory: DeviceTensor | null = null
  #view: DeviceTensor | null = null

  /** With `fill` 0 it holds zeros, else what was last written. */
  constructor(device: Device, dtype: DType, fill?: 0) {
    this.#device = device
    this.#dtype = dtype
    this.#zeros = fill === 0
  }

  /** The tensor under these sizes; what it held before may be lost. Valid until the next call. */
  sized(dims: readonly number[]): DeviceTensor {
    if (this.#view && this.#view.dims.join() === dims.join()) return this.#view
    const memory = this.#reserve(dims.reduce((product, dim) => product * dim, 1))
    this.#view?.dispose()
    this.#view = memory.view(dims)
    return this.#view
  }

  /** The tensor under these sizes, with these elements. */
  holding(values: HostArray, dims: readonly number[]): DeviceTensor {
    const view = this.sized(dims)
    view.write(values)
    return view
  }

  dispose(): void {
    this.#view?.dispose()
    this.#memory?.dispose()
    this.#view = null
    this.#memory = null
  }

  #reserve(elements: number): DeviceTensor {
    const [room = 0] = this.#memory?.dims ?? []
    if (this.#memory && elements <= room) return this.#memory
    this.dispose()
    const size = 2 ** Math.ceil(Math.log2(Math.max(1, elements)))
    const memory = this.#device.allocate(this.#dtype, [size])
    if (this.#zeros) {
      const { BYTES_PER_ELEMENT: bytes } = hostArray(this.#dtype, new ArrayBuffer(0))
      memory.write(hostArray(this.#dtype, new ArrayBuffer(size * bytes)))
    }
    this.#memory = memory
    return memory
  }
}
