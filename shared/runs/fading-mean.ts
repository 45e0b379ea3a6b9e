import * as z from 'zod'

/** What is kept of values whose weight halves with every half-life, as JSON; all weights as they are at `step`. */
export const fadingMean = z.strictObject({
  step: z.int().min(0).describe('Of the newest value.'),
  weight: z.number(),
  sum: z.number(),
  squares: z.number(),
  weight_squares: z.number(),
})
export type FadingMean = z.infer<typeof fadingMean>

/**
 * Takes in a value of a step: `weight * 2^(-age / halfLife)` is what it counts in the mean. Values may come late and
 * in any order: the mean is the same but for rounding.
 */
export function takeIn(
  kept: FadingMean | undefined,
  { value, weight, step }: { value: number; weight: number; step: number },
  halfLife: number,
): FadingMean {
  const newest = Math.max(step, kept?.step ?? step)
  const old = kept ? 2 ** ((kept.step - newest) / halfLife) : 0
  const own = weight * 2 ** ((step - newest) / halfLife)
  return {
    step: newest,
    weight: (kept?.weight ?? 0) * old + own,
    sum: (kept?.sum ?? 0) * old + own * value,
    squares: (kept?.squares ?? 0) * old + own * value ** 2,
    weight_squares: (kept?.weight_squares ?? 0) * old ** 2 + own ** 2,
  }
}

/** The weighted mean; null without a value that counts. */
export function meanOf({ sum, weight }: FadingMean): number | null {
  return weight > 0 ? sum / weight : null
}

/**
 * The standard error of the mean, with `(sum w)^2 / sum w^2` for the number of values (Kish 1965); null where that is
 * too near 1 to say anything.
 */
export function errorOf({ weight, sum, squares, weight_squares }: FadingMean): number | null {
  const values = weight ** 2 / weight_squares
  if (!(values > 1.5)) return null
  const variance = Math.max(0, squares / weight - (sum / weight) ** 2)
  return Math.sqrt(variance / (values - 1))
}
