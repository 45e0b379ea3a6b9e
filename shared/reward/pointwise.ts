import type { PointwiseRequest } from '../protocol/judgment.ts'
import type { Reward, RewardRequest } from '../protocol/reward.ts'
import type { RewardMethod } from './method.ts'
import { notScored } from './not-scored.ts'
import { refuseFields } from './refuse-fields.ts'

/** Rewards in [0, 1], each response by itself against the criteria of its prompt; equal responses share one. */
export const rewardPointwise: RewardMethod = async (request, { judge }) => {
  refuseFields(request, 'pointwise', [
    'anchor',
    'shaping',
    'constraints',
    'orders',
    'min_score',
    'min_confidence',
    'mode',
  ])
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
  const {
    anchor: _a,
    shaping: _s,
    constraints: _c,
    orders: _o,
    min_score: _m,
    min_confidence: _mc,
    mode: _mode,
    run: _r,
    ...shared
  } = request
  return { ...shared, protocol: 'pointwise', responses: [response] }
}
