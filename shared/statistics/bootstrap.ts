import { mean } from './moments.ts'
import { seededRandom } from './random.ts'

/** The mean of paired differences and how sure it is. */
export type Bootstrap = {
  mean: number
  /** The interval that holds `level` of the resampled means. */
  low: number
  high: number
  /** The share of resampled means above 0, in [0, 1]. */
  above: number
}

/** Resamples drawn by default: more move the ends of an interval by less than the pairs do. */
const RESAMPLES = 2000

/**
 * The paired bootstrap of a mean difference (Efron and Tibshirani 1993, chapter 16), by the stream of the given seed.
 * Null without differences.
 */
export function pairedBootstrap(
  differences: number[],
  { seed, level = 0.95, resamples = RESAMPLES }: { seed: number; level?: number; resamples?: number },
): Bootstrap | null {
  if (differences.length === 0) return null
  const means = resampledMeans(differences, { seed, resamples }).sort()
  const at = (share: number) => means[Math.round(share * (resamples - 1))] ?? 0
  return {
    mean: mean(differences),
    low: at((1 - level) / 2),
    high: at((1 + level) / 2),
    above: means.filter((value) => value > 0).length / resamples,
  }
}

/** The mean of each resample: as many of the values as there are, drawn with replacement. The same for the same seed. */
export function resampledMeans(
  values: readonly number[],
  { seed, resamples }: { seed: number; resamples: number },
): Float64Array {
  const random = seededRandom(seed)
  return Float64Array.from({ length: resamples }, () => {
    let sum = 0
    for (let draw = 0; draw < values.length; draw++) sum += values[Math.floor(random() * values.length)] ?? 0
    return sum / values.length
  })
}
