import type { Judgment, Usage } from '../protocol/judgment.ts'
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
  return { object: 'reward.list', ...rewarded, usage: sumUsage(judgments) }
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
