import type { Effect, Outcome } from '../../protocol/governance.ts'
import { type Bench, BudgetSpent } from '../measure/bench.ts'
import { effectOf } from '../measure/effect.ts'
import { type Gain, gainOf, type Penalties, type Score, scoreOf } from '../measure/fitness.ts'
import type { LabelledPair, Trial } from '../measure/pair.ts'
import type { Member } from './member.ts'

/** Old against new on pairs that the search has not seen. */
export type FinalTest = { before: Score; after: Score; gain: Gain | null; effect: Effect }

/** Judges the held-out pairs by both layers, once. Null where the budget does not bear it. */
export async function finalTest(
  seed: Member,
  best: Member,
  test: LabelledPair[],
  { judgeReserved }: Bench,
  penalties: Penalties,
): Promise<FinalTest | null> {
  try {
    const [before, after] = [await judgeReserved(seed.layer, test), await judgeReserved(best.layer, test)]
    const [then, now] = [
      { layer: seed.layer, trials: before },
      { layer: best.layer, trials: after },
    ]
    return {
      before: scoreOf(seed.layer, before, test, penalties),
      after: scoreOf(best.layer, after, test, penalties),
      gain: gainOf(now, then, test, penalties, { seed: 1, level: 0.95 }),
      effect: replayedEffect(before, after, test),
    }
  } catch (error) {
    if (error instanceof BudgetSpent) return null
    throw error
  }
}

/** What a change does to pairs that were judged with and without it. */
export function replayedEffect(before: Trial[], after: Trial[], pairs: LabelledPair[]): Effect {
  const judgedBy = (trials: Trial[]) => {
    const byPair = new Map(trials.map((trial) => [trial.pair, trial]))
    return (id: string): { outcome: Outcome; judgment: string | null } => {
      const { outcome = null, judgment = null } = byPair.get(id) ?? {}
      return { outcome, judgment }
    }
  }
  const [then, now] = [judgedBy(before), judgedBy(after)]
  return effectOf(
    pairs.map(({ id, label }) => ({ pair: id, label, before: then(id), after: now(id) })),
    null,
  )
}
