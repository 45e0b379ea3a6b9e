import type { Judgment, JudgmentRequest, Usage } from '../protocol/judgment.ts'
import type { RewardList, RewardRequest } from '../protocol/reward.ts'
import { planRewards } from './plan.ts'

/**
 * Rewards a group of responses: all judgments that it takes are asked for at once, and how many of them are under
 * way is for `judge` to limit. See `planRewards` for what it throws.
 */
export async function makeRewards(
  request: RewardRequest,
  judge: (request: JudgmentRequest) => Promise<Judgment>,
): Promise<RewardList> {
  const { requests, anchor, settle } = await planRewards(request)
  const judgments = await Promise.all(requests.map(judge))
  return {
    object: 'reward.list',
    data: settle(judgments),
    ...(anchor ? { anchor } : {}),
    usage: sumUsage(judgments),
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
