import type { ClassScores } from '../protocol/pointwise.ts'
import { resampledMeans } from '../statistics/bootstrap.ts'
import { deviation, mean } from '../statistics/moments.ts'

/** A score over examples, as HealthBench reports it. */
export type HealthbenchAggregate = {
  /** The mean of the scores, clipped to [0, 1] after averaging; null without any. */
  score: number | null
  /** Standard deviation of that over bootstrap resamples; null without a score. */
  bootstrap_std: number | null
  /** Examples that have a score, and those left out since theirs is null. */
  n: number
  without_score: number
}

/** Resamples of the bootstrap that HealthBench takes. */
export const RESAMPLES = 1000

/**
 * HealthBench's aggregate (systems.md 2.2): examples are never clipped, their mean is; its error by a bootstrap, each
 * resample's mean clipped alike. The same scores and seed give the same numbers anywhere.
 */
export function healthbenchAggregate(
  scores: readonly (number | null)[],
  { seed }: { seed: number },
): HealthbenchAggregate {
  const known = scores.filter((score) => score !== null)
  const left = { n: known.length, without_score: scores.length - known.length }
  if (known.length === 0) return { score: null, bootstrap_std: null, ...left }
  const means = Array.from(resampledMeans(known, { seed, resamples: RESAMPLES }), clip)
  return { score: clip(mean(known)), bootstrap_std: deviation(means), ...left }
}

/** One graded example: its score, its own tags, and the score of each tag of its rubric. */
export type HealthbenchExample = { score: number | null; tags: string[]; classes: ClassScores }

/**
 * The aggregate of every tag, by its name: an example's tag takes the example's score, a rubric's tag the score of the
 * criteria that carry it. What has no score is left out.
 */
export function healthbenchByTag(
  examples: readonly HealthbenchExample[],
  options: { seed: number },
): Record<string, HealthbenchAggregate> {
  const scores = new Map<string, (number | null)[]>()
  function add(tag: string, score: number | null) {
    const list = scores.get(tag)
    if (list) list.push(score)
    else scores.set(tag, [score])
  }
  for (const { score, tags, classes } of examples) {
    for (const tag of tags) add(tag, score)
    for (const [tag, inTag] of Object.entries(classes)) add(tag, inTag)
  }
  return Object.fromEntries([...scores].map(([tag, list]) => [tag, healthbenchAggregate(list, options)]))
}

const clip = (score: number) => Math.min(1, Math.max(0, score))
