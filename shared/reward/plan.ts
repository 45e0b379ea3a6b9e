import type { Judgment, JudgmentRequest } from '../protocol/judgment.ts'
import type { Reward, RewardRequest } from '../protocol/reward.ts'
import { planComparisons } from './comparisons.ts'
import { planPointwise } from './pointwise.ts'
import { planVerifiers } from './verifiers.ts'

/** The judgments that a reward needs, and how they become rewards. */
export type RewardPlan = {
  /** Each to be judged once; equal responses share one. */
  requests: JudgmentRequest[]
  /** The anchor taken: its index in the group, or null for a response given apart; absent without an anchor. */
  anchor?: { index: number | null }
  /** Rewards in the order of the responses, from the judgments in the order of `requests`. */
  settle(judgments: Judgment[]): Reward[]
}

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
