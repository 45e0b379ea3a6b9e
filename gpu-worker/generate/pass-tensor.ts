import type { DType } from '../onnx/types.ts'
import type { Device, DeviceTensor } from '../runtime/device.ts'
import type { HostArray } from '../runtime/host-array.ts'

/** The first elements of a tensor, as many as asked for. */
type Fill = (elements: number) => HostArray

/** Memory for one input or output of every pass: it grows by doubling, and each pass sees it under its own sizes. */
export class PassTensor {
  readonly #device: Device
  readonly #dtype: DType
  readonly #fill: Fill | null
  #memory: DeviceTensor | null = null
  #view: DeviceTensor | null = null

  /** `fill` says what it holds before anything is written: anything by default. */
  constructor(device: Device, dtype: DType, fill: Fill | null = null) {
    this.#device = device
    this.#dtype = dtype
    this.#fill = fill
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
    try {
      if (this.#fill) memory.write(this.#fill(size))
    } catch (error) {
      memory.dispose()
      throw error
    }
    this.#memory = memory
    return memory
  }
}
