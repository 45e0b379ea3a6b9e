import pLimit, { type LimitFunction } from 'p-limit'
import type { RewardList, RewardRequest } from '../../shared/protocol/reward.ts'
import { makeRewards } from '../../shared/reward/rewards.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Call } from './call.ts'
import type { Counter } from './counter.ts'

/**
 * Rewards a group of responses; see `RewardMethod` for what it throws. `place` limits the judgments under way,
 * for a caller with several groups.
 */
export type Rewards = (request: RewardRequest, call: Call, place?: LimitFunction) => Promise<RewardList>

/** A limit for the judgments of one call. */
export const judgmentPlaces = () => pLimit(LIMITS.judgmentsInFlight)

/** Rewards over the judgments of a counter. */
export function createRewards(counter: Counter): Rewards {
  return (request, call, place = judgmentPlaces()) =>
    makeRewards(request, { judge: (one) => place(() => counter.judge(one, call)) })
}
