import type { RewardRequest } from '../protocol/reward.ts'
import { planComparisons } from './comparisons.ts'
import { planPointwise } from './pointwise.ts'
import type { RewardPlan } from './reward-plan.ts'
import { planVerifiers } from './verifiers.ts'

const PLANS: Record<
  NonNullable<RewardRequest['protocol']>,
  (request: RewardRequest) => Promise<RewardPlan> | RewardPlan
> = {
  openrs: planComparisons,
  pointwise: planPointwise,
  verifier: planVerifiers,
}

/**
 * What it takes to reward a group of responses. Throws `nothing_to_compare` and `invalid_request` where the
 * request asks for what can't be done.
 */
export async function planRewards(request: RewardRequest): Promise<RewardPlan> {
  return PLANS[request.protocol ?? 'openrs'](request)
}
