import { candidatesOf } from '../../../shared/arl-rr/guard-rails.ts'
import type { Schedule } from '../../../shared/arl-rr/schedule.ts'
import type { ClassScores } from '../../../shared/protocol/pointwise.ts'
import type { SelectorSettings } from '../../../shared/protocol/training/alternation.ts'
import { syncPolicy } from '../policy/policy.ts'
import type { TrainerState } from '../trainer.ts'
import { evaluate } from './held-out.ts'
import type { ArlRrParts } from './parts.ts'
import { type Standing, takenOf } from './standing.ts'
import { type Target, trainStep } from './train-step.ts'

type Probing = Extract<SelectorSettings, { kind: 'probe' }>

/** A copy that was trained for a few steps, and its place in the data and in the phase. */
type Copy = { trainer: TrainerState; place: Pick<Standing, 'taken' | 'in_phase'> }

/** What copies of the policy reached, and where the run would be had it gone on from one of them. */
export type Probed = {
  scores: ClassScores
  copies: ReadonlyMap<string, Copy>
  /** Where it is with the policy as it was, having spent what the probes took. */
  standing: Standing
  seconds: { rollout: number; reward: number; update: number }
}

/** Completions that a round of probes takes. */
export function probeCost(
  { settings, heldOut }: Pick<ArlRrParts, 'settings' | 'heldOut'>,
  { steps }: Probing,
  candidates: number,
): number {
  const { prompts, group_size, held_out } = settings
  const evaluated = heldOut.length * (held_out.temperature === 0 ? 1 : held_out.samples)
  return candidates * (steps * prompts * group_size + evaluated)
}

/**
 * Trains a copy of the policy on each candidate for a few steps and looks what the whole comes to on held-out prompts
 * (selector B of systems.md 2.3). All copies begin with the same parameters, moments and place in the data and in
 * the learning rate's schedule. The policy is then as it was before.
 */
export async function probe(
  parts: ArlRrParts,
  { steps }: Probing,
  {
    standing,
    schedule,
    targetOf,
  }: { standing: Standing; schedule: Schedule; targetOf(metaClass: string): Target },
  signal: AbortSignal,
): Promise<Probed> {
  const { policy, settings, heldOut } = parts
  const before = policy.trainer.state()
  const scores: ClassScores = {}
  const copies = new Map<string, Copy>()
  const seconds = { rollout: 0, reward: 0, update: 0 }
  let { draws, spent } = standing
  const planned = spent / (settings.prompts * settings.group_size)
  for (const metaClass of candidatesOf(settings.alternation.guard_rails, schedule)) {
    policy.trainer.restore(before)
    await syncPolicy(policy)
    const target = targetOf(metaClass)
    let from = takenOf(standing, target.name)
    for (let step = 0; step < steps; step++) {
      const made = await trainStep(parts, target, { from, draw: draws, planned: planned + step }, signal)
      draws++
      from += settings.prompts
      spent += made.completions
      seconds.rollout += made.seconds.rollout
      seconds.reward += made.seconds.reward
      seconds.update += made.seconds.update
    }
    const found = await evaluate(parts, heldOut, signal)
    spent += found.completions
    seconds.rollout += found.seconds.rollout
    seconds.reward += found.seconds.reward
    scores[metaClass] = found.evaluation.overall
    const taken = { ...standing.taken, [target.name]: from }
    copies.set(metaClass, { trainer: policy.trainer.state(), place: { taken, in_phase: steps } })
  }
  policy.trainer.restore(before)
  await syncPolicy(policy)
  return { scores, copies, standing: { ...standing, draws, spent }, seconds }
}
