import { parentPort, workerData } from 'node:worker_threads'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { TrainingEnd, TrainingProgram } from './training.ts'
import type { FromTraining, ThreadOrder, ToTraining } from './training-thread.ts'

/** A training thread: runs one job by the program that it is given, and ends. */

const port = parentPort
if (!port) throw new Error('thread.ts is run by training-thread.ts, in a worker thread')

const { program, settings, order }: ThreadOrder = workerData
const wishes = { pause: new AbortController(), cancel: new AbortController() }
port.on('message', (wish: ToTraining) => wishes[wish].abort())

const say = (message: FromTraining) => port.postMessage(message)

async function end(): Promise<TrainingEnd> {
  try {
    const module: { openProgram(settings: unknown): TrainingProgram } = await import(program)
    const signals = { pause: wishes.pause.signal, cancel: wishes.cancel.signal }
    return await module.openProgram(settings)(order, (news) => say({ news }), signals)
  } catch (error) {
    if (wishes.cancel.signal.aborted) return { kind: 'cancelled' }
    if (PlumblineError.isInstance(error)) return { kind: 'failed', error: error.data }
    console.error(error)
    return {
      kind: 'failed',
      error: { code: 'internal', message: "The run broke on a fault of its own: it is in the worker's log." },
    }
  }
}

say({ end: await end() })
port.close()
