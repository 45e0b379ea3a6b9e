import type { ClassScores } from '../protocol/pointwise.ts'
import type { Alternation } from '../protocol/training/alternation.ts'
import { candidatesOf } from './guard-rails.ts'
import type { EndedPhase, Evaluation, Phase, Schedule } from './schedule.ts'
import { nextInTurn } from './selectors/round-robin.ts'
import { select } from './selectors/selectors.ts'

/** A schedule before its first phase. */
export function openSchedule(classes: string[], seed: number, before: Evaluation): Schedule {
  return { classes, seed, before, ended: [], phase: null }
}

/**
 * Begins the next phase: on the class that the settings name first, then on what the selector chooses of those that the
 * guard rails leave or, where it has nothing to go by, on the next in turn. `probes` are what selector `probe` needs.
 */
export function beginPhase(
  { first, selector, guard_rails }: Alternation,
  schedule: Schedule,
  probes: ClassScores = {},
): Schedule & { phase: Phase } {
  if (schedule.ended.length === 0 && first !== null) {
    return { ...schedule, phase: { meta_class: first, probability: null, chosen_by: 'first' } }
  }
  const standing = { schedule, candidates: candidatesOf(guard_rails, schedule), probes }
  const chosen = select(selector, standing)
  const phase = chosen
    ? { ...chosen, chosen_by: selector.kind }
    : { ...nextInTurn(standing), chosen_by: 'fallback' }
  return { ...schedule, phase }
}

/** Ends the phase under way with what the policy reaches after it. */
export function endPhase(
  schedule: Schedule,
  { steps, ended_by, after }: Pick<EndedPhase, 'steps' | 'ended_by' | 'after'>,
): Schedule {
  const { phase, ended } = schedule
  if (phase === null) return schedule
  return { ...schedule, phase: null, ended: [...ended, { ...phase, steps, ended_by, after }] }
}
