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
 * The paired bootstrap of a mean difference (Efron and Tibshirani 1993, chapter 16): pairs are drawn with
 * replacement, `resamples` times, by a generator of the given seed. Null without differences.
 */
export function pairedBootstrap(
  differences: number[],
  { seed, level = 0.95, resamples = RESAMPLES }: { seed: number; level?: number; resamples?: number },
): Bootstrap | null {
  const { length } = differences
  if (length === 0) return null
  const random = randomOf(seed)
  const means = new Float64Array(resamples)
  for (let round = 0; round < resamples; round++) {
    let sum = 0
    for (let draw = 0; draw < length; draw++) sum += differences[Math.floor(random() * length)] ?? 0
    means[round] = sum / length
  }
  means.sort()
  const at = (share: number) => means[Math.round(share * (resamples - 1))] ?? 0
  return {
    mean: differences.reduce((sum, difference) => sum + difference, 0) / length,
    low: at((1 - level) / 2),
    high: at((1 + level) / 2),
    above: means.filter((mean) => mean > 0).length / resamples,
  }
}

/** Numbers in [0, 1) that a seed of 32 bits determines (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
