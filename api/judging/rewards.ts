import pLimit, { type LimitFunction } from 'p-limit'
import type { Judgment, Usage } from '../../shared/protocol/judgment.ts'
import type { RewardList, RewardRequest } from '../../shared/protocol/reward.ts'
import { planRewards } from '../../shared/reward/plan.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Call } from './call.ts'
import type { Counter } from './counter.ts'

/**
 * Rewards a group of responses; see `planRewards` for what it throws. `place` limits the judgments under way,
 * for a caller with several groups.
 */
export type Rewards = (request: RewardRequest, call: Call, place?: LimitFunction) => Promise<RewardList>

/** A limit for the judgments of one call. */
export const judgmentPlaces = () => pLimit(LIMITS.judgmentsInFlight)

export function createRewards(counter: Counter): Rewards {
  return async (request, call, place = judgmentPlaces()) => {
    const { requests, anchor, settle } = await planRewards(request)
    const judgments = await Promise.all(requests.map((one) => place(() => counter.judge(one, call))))
    return {
      object: 'reward.list',
      data: settle(judgments),
      ...(anchor ? { anchor } : {}),
      usage: sumUsage(judgments),
    }
  }
}

function sumUsage(judgments: Judgment[]): Usage {
  const usages = judgments.map(({ usage }) => usage)
  const sum = (field: Exclude<keyof Usage, 'cache'>) =>
    usages.reduce((total, usage) => total + (usage[field] ?? 0), 0)
  return {
    judge_calls: sum('judge_calls'),
    prompt_tokens: sum('prompt_tokens'),
    completion_tokens: sum('completion_tokens'),
    cached_tokens: sum('cached_tokens'),
    cache: usages.length > 0 && usages.every(({ cache }) => cache === 'hit') ? 'hit' : 'miss',
    cost: usages.some(({ cost }) => cost !== null) ? sum('cost') : null,
  }
}
