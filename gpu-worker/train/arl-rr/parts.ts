import type { ClassMap } from '../../../shared/classes/class-scores.ts'
import type { ArlRrExample, ArlRrSettings } from '../../../shared/protocol/training/arl-rr.ts'
import type { Rewarding } from '../judging/rewarding.ts'
import type { Policy } from '../policy/policy.ts'

/** All that a run of ARL-RR works with. */
export type ArlRrParts = {
  settings: ArlRrSettings
  policy: Policy
  /** The parameters that the divergence is taken from; null are those of the frozen decoder. */
  reference: Float32Array | null
  classes: ClassMap
  /** Of every class in the weighted mean. */
  weights: Record<string, number>
  trained: readonly ArlRrExample[]
  /** Answered at evaluations: what classes are chosen by, and what is only reported. Both are never trained on. */
  heldOut: readonly ArlRrExample[]
  validation: readonly ArlRrExample[]
  rewarding: Rewarding
}
