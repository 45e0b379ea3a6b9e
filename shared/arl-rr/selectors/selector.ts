import type { ClassScores } from '../../protocol/pointwise.ts'
import type { Phase, Schedule } from '../schedule.ts'

/** What a selector may look at. */
export type Standing = {
  schedule: Schedule
  /** Of which it chooses one, in the order of the schedule; at least one. */
  candidates: readonly string[]
  /** The overall score that a copy of the policy reaches after a few steps on each candidate: of selector `probe` alone. */
  probes: ClassScores
}

export type Choice = Pick<Phase, 'meta_class' | 'probability'>

/**
 * Chooses the meta-class to train next: the same standing gives the same choice. Null where it has nothing to go by.
 * The paper's own search is not known (systems.md 2.1); each of these is our reconstruction of 2.3.
 */
export type Selector<Settings> = (settings: Settings, standing: Standing) => Choice | null

/** The candidate of the greatest value, the first of equals; null where none has one. */
export function greatest(
  candidates: readonly string[],
  worthOf: (metaClass: string) => number | null,
): Choice | null {
  let best: { meta_class: string; value: number } | null = null
  for (const metaClass of candidates) {
    const value = worthOf(metaClass)
    if (value !== null && (best === null || value > best.value)) best = { meta_class: metaClass, value }
  }
  return best && { meta_class: best.meta_class, probability: null }
}
