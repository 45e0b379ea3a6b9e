import { PlumblineError } from '../../shared/protocol/error.ts'
import { isTransient } from '../../shared/protocol/transient.ts'
import type { Rewarded, Scored } from './sample.ts'

/** The samples of a reply that can hold no null. Throws `not_scored` for the first without a reward. */
export function requireRewards(scored: readonly Scored[]): Rewarded[] {
  return scored.map((one, index) => {
    const { reward, score, error } = one
    if (reward !== null && score !== null) return { ...one, reward, score }
    const why = error?.message ?? 'its judgment has no score.'
    const advice = 'Repeat the call, or put on_error=NUMBER in the URL.'
    throw new PlumblineError('not_scored', `Sample ${index} has no reward: ${why} ${advice}`, {
      transient: error !== null && isTransient(error.code),
    })
  })
}
