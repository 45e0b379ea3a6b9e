import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parentPort } from 'node:worker_threads'
import { runJavaScript } from '../../../shared/sandbox/javascript.ts'

/** The thread that JavaScript programs of responses run in, one after another; the main thread may end it. */

let compiled: Promise<WebAssembly.Module> | undefined

async function compile(): Promise<WebAssembly.Module> {
  const path = fileURLToPath(import.meta.resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm'))
  return WebAssembly.compile(await readFile(path))
}

const wasm = () => {
  compiled ??= compile()
  return compiled
}

parentPort?.on('message', async (program) => {
  parentPort?.postMessage(await runJavaScript(program, { wasm, now: () => performance.now() }))
})
