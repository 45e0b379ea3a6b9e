import type { Winner } from '../../../shared/protocol/judgment.ts'
import type { PairResult } from '../result.ts'

const BY_SIGN: Record<string, Winner> = { '1': 'first', '0': 'tie', '-1': 'second' }

/** What each of the two orders says alone; null where one has no score. */
export function winnersOfOrders({ forward, backward, winner }: PairResult): [Winner, Winner] | null {
  // what a verifier decides needs no order, and is the same in both
  if (forward === null && backward === null && winner !== null) return [winner, winner]
  if (forward === null || backward === null) return null
  return [BY_SIGN[Math.sign(forward)] ?? 'tie', BY_SIGN[Math.sign(-backward)] ?? 'tie']
}
