import pLimit, { type LimitFunction } from 'p-limit'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import { LIMITS } from '../platform/limits.ts'

/** A number of places for calls in flight. Make one a judgment; calls beyond it wait in order of arrival. */
export type CallLimit = LimitFunction

export function callLimit(places: number = LIMITS.callsInFlight): CallLimit {
  return pLimit(places)
}

const entryLimits = new WeakMap<ModelEntry, CallLimit>()

/** The limit of an entry (`max_concurrent`), shared by everything that uses this very object. */
export function entryLimit(entry: ModelEntry): CallLimit {
  const known = entryLimits.get(entry)
  if (known) return known
  const made = pLimit(entry.max_concurrent ?? LIMITS.callsToAModel)
  entryLimits.set(entry, made)
  return made
}

/**
 * Waits for a place in every limit, in order; the function that it gives hands them all back. Rejects with
 * the signal's reason, and leaves the queue, when the signal comes first.
 */
export async function takePlaces(limits: readonly CallLimit[], signal: AbortSignal): Promise<() => void> {
  const taken: (() => void)[] = []
  const release = () => {
    for (const free of taken.splice(0)) free()
  }
  try {
    for (const limit of limits) taken.push(await takePlace(limit, signal))
    return release
  } catch (reason) {
    release()
    throw reason
  }
}

function takePlace(limit: CallLimit, signal: AbortSignal): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason)
    if (signal.aborted) return leave()
    signal.addEventListener('abort', leave)
    void limit(() => {
      signal.removeEventListener('abort', leave)
      return signal.aborted ? undefined : new Promise<void>(resolve)
    })
  })
}
