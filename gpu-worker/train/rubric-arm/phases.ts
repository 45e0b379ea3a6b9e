import type { RubricArmSettings } from '../../../shared/protocol/training/rubric-arm.ts'

export type ArmRole = 'judge' | 'generator'
export const ARM_ROLES = ['generator', 'judge'] as const satisfies readonly ArmRole[]

/**
 * A stretch of steps that do the same. `again` trains the judge in the generator's place; `both` updates both roles in
 * every step.
 */
export type Phase =
  | { kind: 'warm_up'; role: ArmRole; steps: number }
  | { kind: 'judge' | 'generator' | 'both' | 'again'; part: number; steps: number }

type AlternationKind = Exclude<Phase['kind'], 'warm_up'>

/** What is done on each part, by the order (systems.md 1.2; the others are the paper's ablations and a control). */
const ORDERS: Readonly<Record<RubricArmSettings['order'], readonly AlternationKind[]>> = {
  judge_first: ['judge', 'generator'],
  generator_first: ['generator', 'judge'],
  simultaneous: ['both'],
  judge_only: ['judge', 'again'],
}

/** All phases of a run; `examples` counts conversations of the warm-up, `parts` pairs. A phase without steps is left out. */
export function phasesOf(
  settings: RubricArmSettings,
  { examples, parts }: { examples: Readonly<Record<ArmRole, number>>; parts: readonly number[] },
): Phase[] {
  const warmUp = ARM_ROLES.map((role): Phase => {
    const { epochs, batch_size } = settings.warm_up[role]
    return { kind: 'warm_up', role, steps: Math.ceil((epochs * examples[role]) / batch_size) }
  })
  const alternation = parts.flatMap((pairs, part) =>
    ORDERS[settings.order].map((kind): Phase => ({ kind, part, steps: stepsOf(kind, settings, pairs) })),
  )
  return [...warmUp, ...alternation].filter(({ steps }) => steps > 0)
}

function stepsOf(kind: AlternationKind, settings: RubricArmSettings, pairs: number): number {
  const own = (role: ArmRole) => settings[role].steps ?? Math.ceil(pairs / settings[role].prompts)
  if (kind === 'both') return Math.max(own('judge'), own('generator'))
  return own(kind === 'judge' ? 'judge' : 'generator')
}

/** Whom a phase of a kind trains, in this order. */
export const TRAINED: Readonly<Record<AlternationKind, readonly ArmRole[]>> = {
  judge: ['judge'],
  again: ['judge'],
  generator: ['generator'],
  both: ['judge', 'generator'],
}

/** Steps that phases of the alternation train a role in. */
export function stepsTraining(role: ArmRole, phases: readonly Phase[]): number {
  return phases.reduce(
    (sum, phase) =>
      phase.kind !== 'warm_up' && TRAINED[phase.kind].includes(role) ? sum + phase.steps : sum,
    0,
  )
}

/**
 * Pairs of one step. In the generator's place the judge gets as many completions as would have been drawn: the rubrics,
 * and a judgment by each.
 */
export function pairsOfStep(
  kind: AlternationKind,
  role: ArmRole,
  { judge, generator }: RubricArmSettings,
): number {
  if (kind !== 'again') return role === 'judge' ? judge.prompts : generator.prompts
  return Math.max(1, Math.round((2 * generator.prompts * generator.group_size) / judge.group_size))
}
