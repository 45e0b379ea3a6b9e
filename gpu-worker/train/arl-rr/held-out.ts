import { failedClasses, overallRewards, type RewardVector } from '../../../shared/arl-rr/objectives.ts'
import type { Evaluation } from '../../../shared/arl-rr/schedule.ts'
import { scalarise, showClasses } from '../../../shared/classes/class-scores.ts'
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
  const { samples, temperature, overall } = settings.held_out
  const how = {
    count: temperature === 0 ? 1 : samples,
    temperature,
    seed: derivedSeed(settings.seed, PLACE),
  }
  const { vectors, seconds } = await complete(parts, examples, how, signal)
  const all = vectors.flat()
  const means = new Map(Object.keys(classes).map((name) => [name, meanIn(name, all)]))
  return {
    evaluation: {
      classes: showClasses(means),
      overall:
        overall === 'whole'
          ? meanOrNull(overallRewards(all).filter((score) => score !== null))
          : scalarise(means, weights).score,
    },
    completions: all.length,
    nulls: all.filter((vector) => failedClasses(vector).length > 0).length,
    seconds,
  }
}

/**
 * The mean score of a class. One that no prompt has counts in nothing; of one whose every score failed the mean is an
 * error: without it the whole would be that of other classes than before.
 */
function meanIn(metaClass: string, vectors: readonly RewardVector[]): Aggregate {
  const score = meanOrNull(vectors.flatMap(({ classes }) => classes.get(metaClass)?.score ?? []))
  if (score !== null) return { score, error: null }
  return vectors.some((vector) => failedClasses(vector).includes(metaClass))
    ? failed('not_scored', 'The class could not be scored on any held-out prompt.')
    : failed('no_criteria', 'No held-out prompt has the class.')
}
