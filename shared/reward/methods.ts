import type { RewardRequest } from '../protocol/reward.ts'
import { rewardByComparison } from './compare/comparisons.ts'
import { constrainedAlone, constrainedTogether } from './constraints/constrained.ts'
import type { RewardMethod } from './method.ts'
import { rewardPointwise } from './pointwise.ts'
import { rewardRubrics } from './rubric-arm/generator.ts'
import { rewardTrajectories } from './rubric-arm/judge.ts'
import { rewardByVerifiers } from './verifiers.ts'

/** The way to reward a group, by its protocol. */
export const REWARD_METHODS: Record<NonNullable<RewardRequest['protocol']>, RewardMethod> = {
  openrs: constrainedTogether(rewardByComparison),
  'rubric-arm': constrainedTogether(rewardByComparison),
  direct: constrainedTogether(rewardByComparison),
  pointwise: constrainedAlone(rewardPointwise),
  verifier: rewardByVerifiers,
  'rubric-arm/judge': rewardTrajectories,
  'rubric-arm/generator': rewardRubrics,
}
