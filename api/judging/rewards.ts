import pLimit, { type LimitFunction } from 'p-limit'
import type { JudgmentRequest } from '../../shared/protocol/judgment.ts'
import type { RewardList, RewardRequest } from '../../shared/protocol/reward.ts'
import { makeRewards } from '../../shared/reward/rewards.ts'
import type { Sandbox } from '../../shared/verify/sandbox.ts'
import type { MetaRubrics } from '../governance/meta-rubrics.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Call } from './call.ts'
import type { Counter } from './counter.ts'

/**
 * Rewards a group of responses; see `RewardMethod` for what it throws. `place` limits the judgments under way,
 * for a caller with several groups.
 */
export type Rewards = (request: RewardRequest, call: Call, place?: LimitFunction) => Promise<RewardList>

/** Whether a judgment looks at a meta-rubric that nobody named: direct has none, a generator sees the prompt alone. */
const heedsDefault = ({ protocol, meta_rubric }: JudgmentRequest): boolean =>
  meta_rubric !== undefined || (protocol !== 'direct' && protocol !== 'rubric-arm')

/** A limit for the judgments of one call. */
export const judgmentPlaces = () => pLimit(LIMITS.judgmentsInFlight)

/** Rewards over the judgments of a counter. */
export function createRewards(counter: Counter, metaRubrics: MetaRubrics, sandbox: Sandbox): Rewards {
  return (request, call, place = judgmentPlaces()) => {
    // One version for the whole group, whatever is filed while it is judged; looked up where there is a judgment.
    let pinned: Promise<JudgmentRequest['meta_rubric']> | undefined
    const asked = { ...call, together: crypto.randomUUID() }
    const pin = () => metaRubrics.pin(call.organisation, request.meta_rubric)
    const judge = (one: JudgmentRequest) =>
      place(async () => {
        if (!heedsDefault(one)) return counter.judge(one, asked)
        pinned ??= pin()
        return counter.judge({ ...one, meta_rubric: await pinned }, asked)
      })
    return makeRewards(request, { judge, sandbox })
  }
}
