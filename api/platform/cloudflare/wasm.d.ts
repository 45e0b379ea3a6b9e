/** Workers import WebAssembly as a compiled module. */
declare module '*.wasm' {
  const compiled: WebAssembly.Module
  export default compiled
}
