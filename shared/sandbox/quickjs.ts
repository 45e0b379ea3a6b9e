import type { QuickJSWASMModule } from 'quickjs-emscripten-core'

/**
 * A QuickJS that nothing has run in yet, with a memory of its own: what one program breaks, no other finds. Both
 * packages are loaded on first use, so that no start pays for programs that nobody runs.
 */
export async function freshQuickJs(wasm: WebAssembly.Module): Promise<QuickJSWASMModule> {
  const [{ newQuickJSWASMModuleFromVariant, newVariant }, { default: build }] = await Promise.all([
    import('quickjs-emscripten-core'),
    import('@jitl/quickjs-ng-wasmfile-release-sync'),
  ])
  return newQuickJSWASMModuleFromVariant(newVariant(build, { wasmModule: wasm }))
}
