import type { PairwiseExample, PairwiseSettings } from '../../../shared/protocol/training/pairwise.ts'
import { thatFit } from '../examples/examples.ts'
import type { Rewarding } from '../judging/rewarding.ts'
import { openPolicy, type PolicyOpening } from '../policy/open-policy.ts'
import { Pairwise } from './pairwise.ts'

export type PairwiseOpening = PolicyOpening & {
  settings: PairwiseSettings
  examples: readonly PairwiseExample[]
  rewarding: Rewarding
}

/**
 * A run of pairwise RL, its trainer opened, and how many examples are too long for it. Throws `invalid_request` where
 * none fits.
 */
export async function openPairwise(opening: PairwiseOpening): Promise<{ method: Pairwise; tooLong: number }> {
  const { settings, rewarding, ground } = opening
  const { fit, tooLong } = thatFit(opening.examples, ground.sampler, settings)
  const { policy, reference } = await openPolicy(opening)
  return { method: new Pairwise({ settings, policy, reference, examples: fit, rewarding }), tooLong }
}
