import type { DType } from '../../onnx/types.ts'
import type { Device, DeviceOptions, DeviceTensor, Session, SessionOptions } from '../device.ts'
import { Api } from './api.ts'
import { openCpu } from './cpu.ts'
import { openCuda } from './cuda.ts'
import { libraryFolder, loadLibrary } from './library.ts'
import { proveApi } from './proof.ts'
import { Runtime } from './runtime.ts'
import { CapiSession } from './session.ts'
import { FUNCTIONS } from './table.ts'
import { CapiTensor } from './tensor.ts'
import { WeightsFiles } from './weights.ts'

const FATAL_ONLY = 4

/** A device over onnxruntime's C API. Throws `not_configured` with a sentence that says what is missing. */
export async function openCapiDevice({ provider, threads, deviceId = 0 }: DeviceOptions): Promise<Device> {
  const library = loadLibrary(libraryFolder())
  const api = new Api(library.functions, FUNCTIONS)
  proveApi(api, library.version)
  const processor = provider === 'cuda' ? openCuda(api, library.folder, deviceId) : openCpu(api)
  return new CapiDevice(new Runtime(api, processor, api.call('CreateEnv', FATAL_ONLY, 'plumbline'), threads))
}

class CapiDevice implements Device {
  readonly asynchronous = true
  readonly #runtime: Runtime
  readonly #files: WeightsFiles
  #disposed = false

  constructor(runtime: Runtime) {
    this.#runtime = runtime
    this.#files = new WeightsFiles(runtime)
  }

  get provider() {
    return this.#runtime.processor.provider
  }

  allocate(dtype: DType, dims: readonly number[]): DeviceTensor {
    this.#refuseDisposed()
    return CapiTensor.allocate(this.#runtime, dtype, dims)
  }

  async openSession(options: SessionOptions): Promise<Session> {
    this.#refuseDisposed()
    return CapiSession.open(this.#runtime, this.#files, options)
  }

  dispose(): void {
    const { living } = this.#runtime
    if (this.#disposed) return
    if (living.size > 0) {
      throw new TypeError(`${living.size} of the device's tensors and sessions were not disposed of`)
    }
    this.#disposed = true
    this.#runtime.dispose()
  }

  #refuseDisposed(): void {
    if (this.#disposed) throw new TypeError('this device was disposed of')
  }
}
