import type { Judgment, JudgmentRequest } from '../protocol/judgment.ts'
import type { Reward } from '../protocol/reward.ts'

/** The judgments that a reward needs, and how they become rewards. */
export type RewardPlan = {
  /** Each to be judged once; equal responses share one. */
  requests: JudgmentRequest[]
  /** The anchor taken: its index in the group, or null for a response given apart; absent without an anchor. */
  anchor?: { index: number | null }
  /** Rewards in the order of the responses, from the judgments in the order of `requests`. */
  settle(judgments: Judgment[]): Reward[]
}
