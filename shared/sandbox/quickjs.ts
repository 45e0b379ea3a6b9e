import type { QuickJSSyncVariant, QuickJSWASMModule } from 'quickjs-emscripten-core'

/** The build of QuickJS: what calls it and what instantiates it. */
const BUILD: QuickJSSyncVariant = {
  type: 'sync',
  importFFI: async () => (await import('@jitl/quickjs-ng-wasmfile-release-sync/ffi')).QuickJSFFI,
  importModuleLoader: () => import('@jitl/quickjs-ng-wasmfile-release-sync/emscripten-module'),
}

/**
 * A QuickJS that nothing has run in yet, with a memory of its own: what one program breaks, no other finds. The
 * packages are loaded on first use, so that no start pays for programs that nobody runs.
 */
export async function freshQuickJs(wasm: WebAssembly.Module): Promise<QuickJSWASMModule> {
  const { newQuickJSWASMModuleFromVariant, newVariant } = await import('quickjs-emscripten-core')
  return newQuickJSWASMModuleFromVariant(newVariant(BUILD, { wasmModule: wasm }))
}
