import quickjs from '../../../node_modules/@jitl/quickjs-ng-wasmfile-release-sync/dist/emscripten-module.wasm'
import { runJavaScript } from '../../../shared/sandbox/javascript.ts'
import type { Sandbox } from '../../../shared/verify/sandbox.ts'

/**
 * The sandbox of Workers: JavaScript in the isolate itself, one program at a time. Steps bound what a program does;
 * against a single endless built-in call there is the limit of CPU time that Cloudflare sets an invocation.
 */
export function workersSandbox(): Sandbox {
  return {
    languages: ['javascript'],
    run: (program) => runJavaScript(program, { wasm: async () => quickjs, now: Date.now }),
  }
}
