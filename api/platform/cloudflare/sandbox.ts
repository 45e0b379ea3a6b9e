import quickjs from '../../../node_modules/@jitl/quickjs-ng-wasmfile-release-sync/dist/emscripten-module.wasm'
import { runJavaScript } from '../../../shared/sandbox/javascript.ts'
import type { Sandbox } from '../../../shared/verify/sandbox.ts'
import type { Environment } from '../config.ts'

/**
 * The sandbox of Workers: JavaScript in the isolate itself, one program at a time, and only where
 * `PLUMBLINE_ISOLATE_PROGRAMS` is 1. Steps bound what a program does, but a single endless built-in call would hold
 * the isolate, and everybody in it, until Cloudflare's limit of CPU time ends it; workerd alone has no such limit.
 */
export function workersSandbox(environment: Environment): Sandbox {
  return {
    languages: environment('PLUMBLINE_ISOLATE_PROGRAMS') === '1' ? ['javascript'] : [],
    run: (program) => runJavaScript(program, { wasm: async () => quickjs, now: Date.now }),
  }
}
