import pLimit from 'p-limit'
import { PlumblineError } from '../protocol/error.ts'
import type { Program, ProgramRun, Sandbox } from '../verify/sandbox.ts'

/** A thread that answers each program with its run, one after another. */
export type Thread = {
  postMessage(program: Program): void
  on(event: 'message', heard: (run: ProgramRun) => void): unknown
  on(event: 'error', heard: (error: Error) => void): unknown
  terminate(): unknown
}

type Threads = {
  open(): Thread
  /** Programs that run at once; the others wait, which takes nothing from their time. */
  places: number
  /** Does the work after so many milliseconds, unless the function that it gives is called before. */
  after(milliseconds: number, work: () => void): () => void
}

/** Beyond its own time a program gets so long to stop by itself, before its thread is ended with it. */
const GRACE_MS = 500

/** A sandbox whose programs run in threads, each of which is ended when its program does not stop in time. */
export function threadedJavaScript({ open, places, after }: Threads): Sandbox {
  const place = pLimit(places)
  const idle: Place[] = []
  return { languages: ['javascript'], run: (program) => place(() => runOnce(program)) }

  function runOnce(program: Program): Promise<ProgramRun> {
    const taken = idle.pop() ?? openPlace(open())
    return new Promise((resolve, reject) => {
      const allowed = program.milliseconds + GRACE_MS
      const cancel = after(allowed, () => {
        taken.thread.terminate()
        resolve({ ...NOTHING, ended: 'timeout', milliseconds: allowed })
      })
      taken.heard = (run) => {
        cancel()
        idle.push(taken)
        resolve(run)
      }
      taken.broke = (cause) => {
        cancel()
        const message = `The sandbox of JavaScript broke (${cause.message}): try again.`
        reject(new PlumblineError('verifier_failed', message, { cause }))
      }
      taken.thread.postMessage(program)
    })
  }
}

type Place = { thread: Thread; heard(run: ProgramRun): void; broke(error: Error): void }

/** A thread that is listened to once and for all, by whoever uses it. */
function openPlace(thread: Thread): Place {
  const opened: Place = { thread, heard() {}, broke() {} }
  thread.on('message', (run) => opened.heard(run))
  thread.on('error', (error) => opened.broke(error))
  return opened
}

const NOTHING = { status: 0, stdout: '', stderr: '', finished: false, value: null }
