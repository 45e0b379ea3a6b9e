import type { Device, DeviceOptions } from '../device.ts'
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
  const runtime = new Runtime(api, processor, api.call('CreateEnv', FATAL_ONLY, 'plumbline'), threads)
  const files = new WeightsFiles(runtime)
  return {
    provider,
    asynchronous: true,
    allocate: (dtype, dims) => CapiTensor.allocate(runtime, dtype, dims),
    openSession: (options) => runtime.living.during(() => CapiSession.open(runtime, files, options)),
    dispose: () => runtime.dispose(),
  }
}
