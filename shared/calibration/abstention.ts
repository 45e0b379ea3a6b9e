import type { Forecast } from './forecast.ts'

/** What a threshold of confidence leaves: the share that is still answered, and how much of it is right. */
export type Coverage = { threshold: number; coverage: number; accuracy: number | null }

/** The risk-coverage curve: for each threshold, what happens when anything less sure is left unanswered. */
export function coverageCurve(forecasts: readonly Forecast[], thresholds: readonly number[]): Coverage[] {
  return thresholds.map((threshold) => {
    const answered = forecasts.filter(({ confidence }) => confidence >= threshold)
    const right = answered.filter((forecast) => forecast.right).length
    return {
      threshold,
      coverage: forecasts.length === 0 ? 0 : answered.length / forecasts.length,
      accuracy: answered.length === 0 ? null : right / answered.length,
    }
  })
}

/**
 * The lowest confidence from which on at least `target` of the answers are right, or null where no threshold gets
 * there. Every given confidence is tried, so that the answer is exact for these forecasts and no promise for others.
 */
export function thresholdFor(forecasts: readonly Forecast[], target: number): number | null {
  const sorted = forecasts.toSorted((a, b) => b.confidence - a.confidence)
  let right = 0
  let lowest: number | null = null
  for (const [index, forecast] of sorted.entries()) {
    if (forecast.right) right++
    const next = sorted[index + 1]
    // equal confidences are answered together or not at all
    if (next?.confidence === forecast.confidence) continue
    if (right / (index + 1) >= target) lowest = forecast.confidence
  }
  return lowest
}
