import koffi from 'koffi'
import { env, listSupportedBackends } from 'onnxruntime-node'
import { Api } from './capi/api.ts'
import { libraryFolder, loadLibrary } from './capi/library.ts'
import { proveApi } from './capi/proof.ts'
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
  const library = loadLibrary(libraryFolder())
  const api = new Api(library.functions, FUNCTIONS)
  proveApi(api, library.version)
  return {
    onnxruntime: library.version,
    koffi: koffi.version,
    functions: Object.keys(FUNCTIONS).length,
    providers: availableProviders(api),
  }
}
