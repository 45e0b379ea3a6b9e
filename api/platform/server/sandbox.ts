import { Worker } from 'node:worker_threads'
import { threadedJavaScript } from '../../../shared/sandbox/threads.ts'
import type { Sandbox } from '../../../shared/verify/sandbox.ts'

/** Programs at once: each takes a core, and the service wants one too. */
const PLACES = 2

/** The sandbox of Node, Bun and Deno: JavaScript in threads, which are started by the first program. */
export function serverSandbox(): Sandbox {
  return threadedJavaScript({
    open() {
      const thread = new Worker(new URL('./sandbox-thread.ts', import.meta.url), { env: {} })
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
}
