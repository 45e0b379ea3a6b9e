import type { Judgment, JudgmentRequest } from '../protocol/judgment.ts'
import type { RewardList, RewardRequest } from '../protocol/reward.ts'
import type { Sandbox } from '../verify/sandbox.ts'
import type { Standing } from './constraints/guard.ts'

/** What rewarding needs from outside. */
export type RewardContext = {
  /** Makes one judgment; how many are under way at once is its own business. Throws what the caller is told. */
  judge(request: JudgmentRequest): Promise<Judgment>
  /** Where constraints that are programs run. */
  sandbox?: Sandbox | undefined
  /** How a text stands with the constraints, where they guard the group; then they decide before the judge. */
  guard?: (text: string) => Standing
}

/** The answer but for what the judgments have spent, which is counted outside. */
export type Rewarded = Omit<RewardList, 'object' | 'usage'>

/**
 * A way to reward a group. Judgments asked for together are asked for at once; one that needs the result of
 * others asks in rounds. Equal responses are judged once. Throws `nothing_to_compare` and `invalid_request` where
 * the request asks for what can't be done, before any judgment.
 */
export type RewardMethod = (request: RewardRequest, context: RewardContext) => Promise<Rewarded>
