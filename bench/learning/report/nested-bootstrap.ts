import { mean } from '../../../shared/statistics/moments.ts'
import { type Random, seededRandom } from '../../../shared/statistics/random.ts'

/** A mean with the interval that holds 95 % of the resampled ones. */
export type Interval = { mean: number; low: number; high: number }

const RESAMPLES = 2000
const LEVEL = 0.95

/**
 * The bootstrap of a mean over runs and, within each, units (Davison and Hinkley 1997, section 3.8): each resample draws
 * as many runs as there are, with replacement, and within each as many of its units. Of one run it is the plain
 * bootstrap. Give differences of two arms for a paired one. Null without values.
 */
export function nestedBootstrap(runs: readonly (readonly number[])[], seed: number): Interval | null {
  const filled = runs.filter((values) => values.length > 0)
  if (filled.length === 0) return null
  const random = seededRandom(seed)
  const means = Float64Array.from({ length: RESAMPLES }, () =>
    mean(draws(filled, random).map((values) => mean(draws(values, random)))),
  ).sort()
  const at = (share: number) => means[Math.round(share * (RESAMPLES - 1))] ?? Number.NaN
  return { mean: mean(filled.map(mean)), low: at((1 - LEVEL) / 2), high: at((1 + LEVEL) / 2) }
}

/** As many of the values as there are, with replacement. */
function draws<T>(values: readonly T[], random: Random): T[] {
  return values.flatMap(() => {
    const value = values[Math.floor(random() * values.length)]
    return value === undefined ? [] : [value]
  })
}
