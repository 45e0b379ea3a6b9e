import { sumUsage } from '../judge/usage.ts'
import type { Judgment } from '../protocol/judgment.ts'
import type { RewardList, RewardRequest } from '../protocol/reward.ts'
import type { RewardContext } from './method.ts'
import { REWARD_METHODS } from './methods.ts'

/** Rewards a group of responses by the protocol of the request, and adds up what its judgments spent. */
export async function makeRewards(request: RewardRequest, context: RewardContext): Promise<RewardList> {
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
