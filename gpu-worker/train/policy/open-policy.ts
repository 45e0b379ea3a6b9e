import type { TrainingSettings } from '../../../shared/protocol/training/training.ts'
import type { Ground } from '../ground.ts'
import type { Policy } from './policy.ts'

/** What a policy is opened with: `steps` updates at the most, `adapter` to begin with. */
export type PolicyOpening = {
  ground: Pick<Ground, 'sampler' | 'openTrainer'>
  settings: TrainingSettings & { adapter: string | null; steps: number; inner_iterations: number }
  /** A folder of the run's own. */
  scratch: string
}

/** The one role of a run that trains a policy. */
const ROLE = 'policy'

/**
 * A policy as its run begins, and the parameters that its divergence is taken from: those of the adapter that it begins
 * with, null without one. Nothing drops out in RL.
 */
export async function openPolicy({
  ground,
  settings,
  scratch,
}: PolicyOpening): Promise<{ policy: Policy; reference: Float32Array | null }> {
  const { lora, adapter, seed, steps, inner_iterations } = settings
  const trainer = await ground.openTrainer({
    settings: { ...settings, lora: { ...lora, dropout: 0 } },
    seed,
    totalUpdates: steps * inner_iterations,
    adapter,
  })
  const policy = { role: ROLE, trainer, sampler: ground.sampler, scratch }
  return { policy, reference: adapter === null ? null : trainer.state().parameters }
}
