import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parentPort } from 'node:worker_threads'
import { answerPrograms } from '../../../shared/sandbox/thread.ts'

/** The thread that JavaScript programs of responses run in, one after another; the main thread may end it. */

const code = import.meta.resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm')
if (parentPort)
  answerPrograms(
    parentPort,
    () => readFile(fileURLToPath(code)),
    () => performance.now(),
  )
