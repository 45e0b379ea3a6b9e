import type { LabelledPair } from '../../../shared/protocol/training/rubric-arm.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { drawn } from '../examples/draws.ts'
import type { StepReport } from '../method.ts'
import { policyMetrics, policyNotes } from '../policy/policy-metrics.ts'
import { policyUpdate } from '../policy/policy-update.ts'
import type { Trainer } from '../trainer.ts'
import type { Arm, Rolled } from './arm.ts'
import { rollOutGenerator } from './generator-rollouts.ts'
import { rollOutJudge } from './judge-rollouts.ts'
import { type ArmRole, type Phase, pairsOfStep, TRAINED } from './phases.ts'
import { RubricCache } from './rubric-cache.ts'

/** `planned` counts the steps of the alternation that were to train the role before. */
export type StepRoles = Readonly<
  Record<ArmRole, { trainer: Trainer; reference: Float32Array | null; planned: number }>
>

/** Where a step is: its part's pairs, the steps of its phase before it, and the phase's seed. */
export type StepPlace = {
  kind: Exclude<Phase['kind'], 'warm_up'>
  pairs: readonly LabelledPair[]
  step: number
  seed: number
}

const [ORDER, RUBRICS, ROLLOUT] = [1, 2, 3]

/** Rolls out the roles that a phase trains, all with the parameters before the step, and updates them. */
export async function alternationStep(
  arm: Arm,
  roles: StepRoles,
  cache: RubricCache,
  place: StepPlace,
  signal: AbortSignal,
): Promise<Pick<StepReport, 'metrics' | 'samples' | 'notes' | 'seconds'>> {
  const rolled: [ArmRole, Rolled][] = []
  for (const role of TRAINED[place.kind]) {
    rolled.push([
      role,
      role === 'judge' ? await judged(arm, cache, place, signal) : await generated(arm, place, signal),
    ])
  }
  const seconds = { rollout: 0, reward: 0, update: 0 }
  const metrics: Record<string, number | null> = {}
  const notes: string[] = []
  for (const [index, [role, { groups, metrics: seen, seconds: spent }]] of rolled.entries()) {
    const { trainer, reference, planned } = roles[role]
    const report = await policyUpdate(trainer, groups, reference, arm.settings[role], planned)
    notes.push(...policyNotes(role, report))
    seconds.rollout += spent.rollout
    seconds.reward += spent.reward
    seconds.update += report.update?.seconds ?? 0
    // Of two roles the second one's figures bear its name.
    for (const [name, value] of Object.entries({ ...seen, ...policyMetrics(report) })) {
      metrics[index === 0 ? name : `${role}_${name}`] = value
    }
  }
  return { metrics, samples: rolled.flatMap(([, { samples }]) => samples), notes, seconds }
}

async function judged(arm: Arm, cache: RubricCache, place: StepPlace, signal: AbortSignal): Promise<Rolled> {
  const started = performance.now()
  const pairs = pairsAt(arm, 'judge', place)
  const seed = derivedSeed(place.seed, RUBRICS, place.step)
  // a generator that changes in every step writes each its own
  const isCached = arm.settings.rubrics === 'cached' && place.kind !== 'both'
  const used = isCached ? cache : new RubricCache()
  const prompts = pairs.map(({ prompt }) => prompt)
  const rubrics = await used.of(arm, prompts, seed, signal)
  const tasks = pairs.flatMap((pair, index) => {
    const criteria = rubrics[index]
    return criteria ? [{ pair, criteria }] : []
  })
  const written = (performance.now() - started) / 1000
  const rolled = await rollOutJudge(arm, tasks, derivedSeed(place.seed, ROLLOUT, place.step), signal)
  const { rollout, reward } = rolled.seconds
  return {
    ...rolled,
    metrics: { ...rolled.metrics, without_rubric: pairs.length - tasks.length },
    seconds: { rollout: rollout + written, reward },
  }
}

function generated(arm: Arm, place: StepPlace, signal: AbortSignal): Promise<Rolled> {
  const pairs = pairsAt(arm, 'generator', place)
  return rollOutGenerator(arm, pairs, derivedSeed(place.seed, ROLLOUT, place.step), signal)
}

/** The pairs of a step; without a given number of steps a phase ends with what is left of its part. */
function pairsAt({ settings }: Arm, role: ArmRole, { kind, pairs, step, seed }: StepPlace): LabelledPair[] {
  const size = pairsOfStep(kind, role, settings)
  const from = step * size
  const once = settings[kind === 'again' ? 'generator' : role].steps === null && kind === role
  const count = once ? Math.min(size, pairs.length - from) : size
  return drawn(pairs, { seed: derivedSeed(seed, ORDER), from, count })
}
