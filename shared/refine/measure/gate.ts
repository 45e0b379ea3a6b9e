import type { Effect } from '../../protocol/governance.ts'

/** What the gate says of a version, by what it does to the golden pairs. */
export type Passage = 'passed' | 'worsened' | 'unjudged'

/**
 * A version passes when no golden pair fares worse by it: right before and a tie or wrong now, or a tie before and
 * wrong now. A pair that had a verdict before has to have one now. One that had none says nothing, unless that is so of
 * all of them. Without golden pairs there is nothing to worsen.
 */
export function passageOf({ pairs, compared, worsened, unjudged }: Effect): Passage {
  if (worsened.length > 0) return 'worsened'
  const lost = unjudged.some(({ before }) => before.outcome !== null)
  return lost || (pairs > 0 && compared === 0) ? 'unjudged' : 'passed'
}
