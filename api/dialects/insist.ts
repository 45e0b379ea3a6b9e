import { isTransient } from '../../shared/protocol/transient.ts'
import type { Rewards } from '../judging/rewards.ts'

/** A minute in all: what a model server needs to start again, and what proxies before us wait. */
const PAUSES_MS = [500, 1500, 3000, 5000, 10_000, 20_000, 20_000]

/**
 * The same rewards for a client that never sends its call again: passing failures are waited out, until it hangs up. What
 * was judged is on record and costs nothing again.
 */
export function insist(
  rewards: Rewards,
  signal: AbortSignal,
  pausesMs: readonly number[] = PAUSES_MS,
): Rewards {
  return async (request, call, place) => {
    for (const pause of pausesMs) {
      const list = await rewards(request, call, place)
      if (signal.aborted || !list.data.some(({ error }) => error && isTransient(error.code))) return list
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
    return rewards(request, call, place)
  }
}
