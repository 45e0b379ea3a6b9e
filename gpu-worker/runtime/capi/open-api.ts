import { Api } from './api.ts'
import { libraryFolder, loadLibrary } from './library.ts'
import { proveApi } from './proof.ts'
import { FUNCTIONS } from './table.ts'

export type OpenApi = { readonly api: Api; readonly version: string }

let opened: OpenApi | null = null

/**
 * The functions of onnxruntime-node's library, proven to be what they are taken for. Loaded once in a thread, since a
 * function that was declared stays so. Throws `not_configured`.
 */
export function openApi(): OpenApi {
  opened ??= load()
  return opened
}

function load(): OpenApi {
  const { version, functions } = loadLibrary(libraryFolder())
  const api = new Api(functions, FUNCTIONS)
  proveApi(api, version)
  return { api, version }
}
