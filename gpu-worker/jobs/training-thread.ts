import { Worker } from 'node:worker_threads'
import type { StartTraining, TrainingEnd, TrainingNews, TrainingOrder } from './training.ts'

/** A cancelled run that has not ended by then is ended from outside. */
const CANCEL_MS = 30_000

/** The program that trains, and no stand-in for it. */
export const PROGRAM = new URL('./program.ts', import.meta.url)

/** What the thread is given: the module whose `openProgram` makes its program of `settings`. */
export type ThreadOrder = { program: string; settings: unknown; order: TrainingOrder }
export type ToTraining = 'pause' | 'cancel'
export type FromTraining = { news: TrainingNews } | { end: TrainingEnd }

/** Runs each job by the program of a module, in a thread of its own. */
export function trainingThreads(program: URL, settings: unknown): StartTraining {
  return (order, tell) => {
    const workerData: ThreadOrder = { program: program.href, settings, order }
    const thread = new Worker(new URL('./thread.ts', import.meta.url), { workerData })
    const ended = Promise.withResolvers<TrainingEnd>()
    let said: TrainingEnd | null = null
    let reason = ''
    let timer: NodeJS.Timeout | undefined
    thread.on('message', (message: FromTraining) => {
      if ('news' in message) tell(message.news)
      else said = message.end
    })
    thread.on('error', (error) => {
      console.error(error)
      reason =
        error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'its thread ran out of memory'
          : "a fault of its own, which is in the worker's log"
    })
    // What it trained with is free once the thread is gone, not before.
    thread.on('exit', (code) => {
      clearTimeout(timer)
      ended.resolve(said ?? { kind: 'died', reason: reason || `its thread ended with status ${code}` })
    })
    return {
      ended: ended.promise,
      pause: () => thread.postMessage('pause' satisfies ToTraining),
      cancel() {
        thread.postMessage('cancel' satisfies ToTraining)
        timer ??= setTimeout(() => void thread.terminate(), CANCEL_MS)
      },
      async kill() {
        await thread.terminate()
      },
    }
  }
}
