import koffi from 'koffi'
import { env, listSupportedBackends } from 'onnxruntime-node'
import { openApi } from './capi/open-api.ts'
import { availableProviders } from './capi/providers.ts'
import { FUNCTIONS } from './capi/table.ts'
import type { RuntimeName } from './open-device.ts'

/** The libraries that a runtime is made of. */
export type RuntimeReport = {
  onnxruntime: string
  /** Null where the C API isn't used. */
  koffi: string | null
  /** How many functions of the C API are called; all were found where they must be. */
  functions: number | null
  /** What the library was built for. */
  providers: string[]
}

/** Throws `not_configured` with a sentence that says what is missing. */
export function reportRuntime(runtime: RuntimeName): RuntimeReport {
  if (runtime === 'stock') {
    const providers = listSupportedBackends().map(({ name }) => name)
    return { onnxruntime: String(env.versions.node), koffi: null, functions: null, providers }
  }
  const { api, version } = openApi()
  return {
    onnxruntime: version,
    koffi: koffi.version,
    functions: Object.keys(FUNCTIONS).length,
    providers: availableProviders(api),
  }
}
