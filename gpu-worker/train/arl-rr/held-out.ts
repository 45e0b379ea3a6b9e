import { failedClasses, overallRewards } from '../../../shared/arl-rr/objectives.ts'
import type { Evaluation } from '../../../shared/arl-rr/schedule.ts'
import { scalarise } from '../../../shared/classes/class-scores.ts'
import { type Aggregate, failed } from '../../../shared/judge/pair/aggregate.ts'
import type { ArlRrExample } from '../../../shared/protocol/training/arl-rr.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { meanOrNull } from '../../../shared/statistics/moments.ts'
import { complete } from './completions.ts'
import type { ArlRrParts } from './parts.ts'

/** What the policy reaches on prompts that it is not trained on, and what it took to know. */
export type HeldOutResult = {
  evaluation: Evaluation
  completions: number
  /** Completions of which a judge or a verifier failed to score a class: left out of that class's mean. */
  nulls: number
  seconds: { rollout: number; reward: number }
}

/** Of a run's seeds, the place that evaluations have to themselves. */
const PLACE = 2

/**
 * Answers examples by the policy as the engine has it. The seeds are always the same, so that the same parameters give
 * the same figures. A class's score is the mean over the completions whose prompt has it.
 */
export async function evaluate(
  parts: ArlRrParts,
  examples: readonly ArlRrExample[],
  signal: AbortSignal,
): Promise<HeldOutResult> {
  const { settings, classes, weights } = parts
  const { samples, temperature, most, overall } = settings.held_out
  const how = {
    count: temperature === 0 ? 1 : samples,
    temperature,
    seed: derivedSeed(settings.seed, PLACE),
  }
  const { vectors, seconds } = await complete(parts, examples.slice(0, most), how, signal)
  const all = vectors.flat()
  const means = Object.keys(classes).map((name): [string, number | null] => [
    name,
    meanOrNull(all.flatMap((vector) => vector.classes.get(name)?.score ?? [])),
  ])
  return {
    evaluation: {
      classes: Object.fromEntries(means),
      overall:
        overall === 'whole'
          ? meanOrNull(overallRewards(all).filter((score) => score !== null))
          : scalarise(new Map(means.map(([name, score]) => [name, toAggregate(score)])), weights).score,
    },
    completions: all.length,
    nulls: all.filter((vector) => failedClasses(vector).length > 0).length,
    seconds,
  }
}

/** A class that no prompt has counts in nothing. */
function toAggregate(score: number | null): Aggregate {
  return score === null ? failed('no_criteria', 'No held-out prompt has the class.') : { score, error: null }
}
