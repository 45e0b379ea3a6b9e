import type { RewardRequest } from '../protocol/reward.ts'
import { type Range, shapingOf } from './shaping.ts'

/** Least and greatest reward of a single response, and of verifiers. */
const SHARE: Range = [0, 1]

/** The range that the rewards of a request lie in before constraints change it. */
export function rangeOf(request: Pick<RewardRequest, 'protocol' | 'shaping' | 'inconsistent'>): Range {
  const { protocol } = request
  return protocol === 'pointwise' || protocol === 'verifier' ? SHARE : shapingOf(request).range
}
