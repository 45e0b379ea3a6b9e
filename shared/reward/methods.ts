import type { RewardRequest } from '../protocol/reward.ts'
import { rewardByComparison } from './comparisons.ts'
import type { RewardMethod } from './method.ts'
import { rewardPointwise } from './pointwise.ts'
import { rewardByVerifiers } from './verifiers.ts'

/** The way to reward a group, by its protocol. */
export const REWARD_METHODS: Record<NonNullable<RewardRequest['protocol']>, RewardMethod> = {
  openrs: rewardByComparison,
  'rubric-arm': rewardByComparison,
  direct: rewardByComparison,
  pointwise: rewardPointwise,
  verifier: rewardByVerifiers,
}
