import type { Device, DeviceOptions } from '../device.ts'
import type { Api } from './api.ts'
import { openCpu } from './cpu.ts'
import { openCuda } from './cuda.ts'
import { libraryFolder } from './library.ts'
import { openApi } from './open-api.ts'
import type { Processor } from './processor.ts'
import { openEnvironment, Runtime } from './runtime.ts'
import { CapiSession } from './session.ts'
import { CapiTensor } from './tensor.ts'
import { WeightsFiles } from './weights.ts'

/** A device over onnxruntime's C API. Throws `not_configured` with a sentence that says what is missing. */
export async function openCapiDevice(options: DeviceOptions): Promise<Device> {
  const { api } = openApi()
  const environment = openEnvironment(api)
  const runtime = new Runtime(api, openProcessor(api, environment, options), environment, options.threads)
  const files = new WeightsFiles(runtime)
  return {
    provider: options.provider,
    asynchronous: true,
    sharesArenas: runtime.arena !== null,
    memoryBytes: runtime.processor.memoryBytes,
    allocate: (dtype, dims) => CapiTensor.allocate(runtime, dtype, dims),
    openSession: (session) => runtime.living.during(() => CapiSession.open(runtime, files, session)),
    dispose: () => runtime.dispose(),
  }
}

function openProcessor(api: Api, environment: bigint, { provider, deviceId = 0 }: DeviceOptions): Processor {
  try {
    return provider === 'cuda' ? openCuda(api, libraryFolder(), deviceId) : openCpu(api)
  } catch (error) {
    api.call('ReleaseEnv', environment)
    throw error
  }
}
