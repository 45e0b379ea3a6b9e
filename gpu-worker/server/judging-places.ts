import { setTimeout } from 'node:timers/promises'
import type { Trace } from '../../shared/telemetry/trace.ts'
import { FairQueue } from '../generate/fair-queue.ts'

/**
 * Judgments that are under way at once in the whole worker: all that usual groups take, so that the engine sees the
 * texts that they share together. Each is about a hundred questions that lie in memory until they are answered, and
 * every pair of 64 responses would be 2016 judgments.
 */
const JUDGMENTS_AT_ONCE = 64

/** Does the work when there is a place for it. Rejects with the signal's reason when that comes first. */
export type JudgingPlaces = <T>(asker: Asker, work: () => Promise<T>) => Promise<T>

/** Whose judgment it is, for turns, what gives it up, and the span that it belongs to. */
export type Asker = { caller: string | undefined; signal: AbortSignal; trace?: Trace | undefined }

/**
 * Milliseconds between the beginnings of two judgments, which is about what one takes this thread: each puts a hundred
 * questions at once, and a whole group's together would keep a health check waiting for a quarter of a second.
 */
const APART = 4

/** Places for judgments, given to callers in turn. */
export function judgingPlaces(places = JUDGMENTS_AT_ONCE): JudgingPlaces {
  const waiting = new FairQueue<() => void>()
  let free = places
  let mayBegin = Promise.resolve()
  return async (asker, work) => {
    await takePlace(asker)
    try {
      const turn = mayBegin
      mayBegin = turn.then(() => setTimeout(APART))
      await turn
      asker.signal.throwIfAborted()
      return await work()
    } finally {
      const next = waiting.take()
      // The place passes on without a gap in which another could take it.
      if (next) next()
      else free++
    }
  }

  function takePlace({ caller = '', signal }: Asker): Promise<void> | void {
    signal.throwIfAborted()
    if (free > 0) {
      free--
      return
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.remove(begin)
        reject(signal.reason)
      }
      const begin = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      signal.addEventListener('abort', leave, { once: true })
      waiting.push(caller, begin)
    })
  }
}
