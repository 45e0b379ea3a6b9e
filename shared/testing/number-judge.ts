import { winnerOf } from '../judge/pair/orders.ts'
import type { Judgment, JudgmentRequest, OrderResult } from '../protocol/judgment.ts'
import type { RewardRequest } from '../protocol/reward.ts'
import { makeRewards } from '../reward/rewards.ts'
import type { Sandbox } from '../verify/sandbox.ts'

/** The scores of the two orders, each positive for the response that it shows first; null where the model failed. */
export type Opinion = (first: string, second: string) => [forward: number, backward: number] | null

const usage = {
  judge_calls: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  cached_tokens: 0,
  cache: 'miss' as const,
  cost: null,
}

/** The greater number is better, by the difference, at most 2; 'broken' breaks the judge. */
export const byNumber: Opinion = (first, second) => {
  if (first === 'broken' || second === 'broken') return null
  const score = Math.max(-2, Math.min(2, Number(first) - Number(second)))
  return [score, score === 0 ? 0 : -score]
}

/** A judge at the border of rewards: judgments of an opinion, without any model, as the record would give them. */
export function judgeBy(
  opinion: Opinion,
  { protocol = 'openrs', responses }: JudgmentRequest,
  id: string,
): Judgment {
  const [first = '', second] = responses
  const common = {
    id,
    object: 'judgment' as const,
    created: 0,
    model: 'm',
    rubric: null,
    usage,
    criteria: [],
  }
  if (second === undefined || protocol === 'pointwise') {
    return { ...common, protocol: 'pointwise', scoring: 'explicit', score: Number(first) / 10, error: null }
  }
  const rest = {
    ...common,
    protocol,
    confidence: null,
    calibrated: false,
    decided_by: null,
    order_policy: 'strict' as const,
    min_score: 0,
    vote_share: null,
    verifiers: [],
  }
  const scores = opinion(first, second)
  if (scores === null) {
    const error = { code: 'model_timeout' as const, message: 'Too slow.', type: 'service' as const }
    return { ...rest, score: null, winner: null, orders: [], error }
  }
  const [forward, backward] = scores
  const orders: OrderResult[] = [
    { order: 'forward', vote: 0, score: forward, criteria: [] },
    { order: 'backward', vote: 0, score: backward, criteria: [] },
  ]
  const [shown, swapped] = [winnerOf(forward, 0), winnerOf(-backward, 0)]
  const winner = shown === swapped ? shown : 'tie'
  return { ...rest, score: (forward - backward) / 2, winner, orders, error: null }
}

/** Rewards of a group by an opinion, and what was asked for. */
export async function rewardsBy(
  opinion: Opinion,
  request: Partial<RewardRequest> & { responses: string[] },
  sandbox?: Sandbox,
) {
  const requests: JudgmentRequest[] = []
  const judge = async (one: JudgmentRequest) => judgeBy(opinion, one, `jdg_${requests.push(one)}`)
  const list = await makeRewards({ prompt: 'Count.', ...request }, { judge, sandbox })
  return { ...list, requests, rewards: list.data.map(({ reward }) => reward) }
}
