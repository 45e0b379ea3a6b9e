import { Worker } from 'node:worker_threads'
import { threadedJavaScript } from '../../shared/sandbox/threads.ts'
import { together } from '../../shared/sandbox/together.ts'
import type { Sandbox } from '../../shared/verify/sandbox.ts'
import { openPython } from './python.ts'

/** Programs at once: the model wants its cores too. */
const PLACES = 2

/** The worker's sandbox: JavaScript in threads, and Python where an interpreter is named. Throws what `openPython` does. */
export async function openSandbox(python: string | undefined): Promise<Sandbox> {
  const javascript = threadedJavaScript({
    open() {
      const thread = new Worker(new URL('./thread.ts', import.meta.url), { env: {} })
      // A thread without work keeps no process alive; with work, its deadline does.
      thread.unref()
      return thread
    },
    places: PLACES,
    after(milliseconds, work) {
      const timer = setTimeout(work, milliseconds)
      return () => clearTimeout(timer)
    },
  })
  return python === undefined ? javascript : together([javascript, await openPython(python)])
}
