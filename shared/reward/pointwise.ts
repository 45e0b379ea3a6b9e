import type { PointwiseRequest } from '../protocol/judgment.ts'
import type { Reward, RewardRequest } from '../protocol/reward.ts'
import { askedWith } from './asked.ts'
import type { RewardMethod } from './method.ts'
import { notScored } from './not-scored.ts'
import { OF_COMPARISONS, refuseFields } from './refuse-fields.ts'

/** Rewards in [0, 1], each response by itself against the criteria of its prompt; equal responses share one. */
export const rewardPointwise: RewardMethod = async (request, { judge }) => {
  refuseFields(request, 'pointwise', OF_COMPARISONS)
  const distinct = [...new Set(request.responses)]
  const judgments = await Promise.all(distinct.map((response) => judge(pointwiseRequest(request, response))))
  const data = request.responses.map((response, index): Reward => {
    const judgment = judgments[distinct.indexOf(response)]
    if (!judgment) return { index, reward: null, error: notScored() }
    const reward = { index, reward: judgment.score, judgments: [judgment.id] }
    return judgment.score === null ? { ...reward, error: judgment.error ?? notScored() } : reward
  })
  return { data }
}

function pointwiseRequest(request: RewardRequest, response: string): PointwiseRequest {
  return { ...askedWith(request), protocol: 'pointwise', responses: [response] }
}
