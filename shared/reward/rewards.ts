import { sumUsage } from '../judge/usage.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { Judgment } from '../protocol/judgment.ts'
import type { RewardList, RewardRequest } from '../protocol/reward.ts'
import type { RewardContext } from './method.ts'
import { REWARD_METHODS } from './methods.ts'

/**
 * Rewards a group of responses by the protocol of the request, and adds up what its judgments spent. Throws what
 * `RewardMethod` throws, and `invalid_request` for a group that is not of the size that the request names.
 */
export async function makeRewards(request: RewardRequest, context: RewardContext): Promise<RewardList> {
  refuseOtherSize(request)
  const judgments: Judgment[] = []
  const rewarded = await REWARD_METHODS[request.protocol ?? 'openrs'](request, {
    ...context,
    async judge(one) {
      const judgment = await context.judge(one)
      judgments.push(judgment)
      return judgment
    },
  })
  return { object: 'reward.list', ...rewarded, usage: sumUsage(judgments.map(({ usage }) => usage)) }
}

function refuseOtherSize({ responses, group_size }: RewardRequest): void {
  if (group_size === undefined || responses.length === group_size) return
  const message = `responses holds ${responses.length}, but group_size is ${group_size}: send the whole group.`
  throw new PlumblineError('invalid_request', message, { param: 'group_size' })
}
