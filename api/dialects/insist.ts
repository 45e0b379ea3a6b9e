import { isTransient } from '../../shared/protocol/transient.ts'
import type { Rewards } from '../judging/rewards.ts'
import { pauseFor } from '../waiting/pause.ts'

/** A minute in all: what a model server needs to start again, and what proxies before us wait. */
const PAUSES_MS = [500, 1500, 3000, 5000, 10_000, 20_000, 20_000]

/**
 * The same rewards for the one body of a client that never sends it again: passing failures are waited out, until the
 * client hangs up, and for the same minute whatever number of samples there are. What was judged is on record and costs
 * nothing again.
 */
export function insist(
  rewards: Rewards,
  signal: AbortSignal,
  pausesMs: readonly number[] = PAUSES_MS,
): Rewards {
  const pauses = pausesMs.values()
  let pausing: Promise<void> | null = null

  /** Waits for the next pause or the one under way; whether it is worth trying again. */
  async function waited(): Promise<boolean> {
    if (pausing === null) {
      const { value: pause } = pauses.next()
      if (pause === undefined) return false
      pausing = pauseFor(pause, signal).finally(() => {
        pausing = null
      })
    }
    await pausing
    return !signal.aborted
  }

  return async (request, call, place) => {
    for (;;) {
      const list = await rewards(request, call, place)
      const passing = list.data.some(({ error }) => error && isTransient(error.code))
      if (!passing || !(await waited())) return list
    }
  }
}
