import { PlumblineError } from '../../../shared/protocol/error.ts'

/**
 * Throws `not_scored` where not one completion of a step has a reward: what judges is broken, and the steps to come would
 * be spent on nothing. `why` is what the first of them failed by.
 */
export function refuseNothing(rewards: readonly (number | null)[], why: string | undefined): void {
  if (rewards.some((reward) => reward !== null)) return
  throw new PlumblineError('not_scored', `No completion could be rewarded. ${why ?? ''}`.trim())
}
