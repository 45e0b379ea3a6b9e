import type { ClassMap } from '../../../shared/classes/class-scores.ts'
import type { ArlRrExample, ArlRrSettings } from '../../../shared/protocol/training/arl-rr.ts'
import type { RewardContext } from '../../../shared/reward/method.ts'
import type { Policy } from '../policy/policy.ts'

/** What rewards a policy from outside the run. */
export type Rewarding = Pick<RewardContext, 'judge' | 'sandbox'>

/** All that a run of ARL-RR works with. */
export type ArlRrParts = {
  settings: ArlRrSettings
  policy: Policy
  /** The parameters that the divergence is taken from. */
  reference: Float32Array
  classes: ClassMap
  /** Of each class in the weighted mean. */
  weights: Record<string, number>
  trained: readonly ArlRrExample[]
  /** What classes are chosen by, and what is only reported; both are never trained on. */
  heldOut: readonly ArlRrExample[]
  validation: readonly ArlRrExample[]
  rewarding: Rewarding
}
