import { meanOrNull } from '../statistics/moments.ts'

/** A confidence, 0..1, and whether what it was given for turned out right. */
export type Forecast = { confidence: number; right: boolean }

/** The mean squared difference between confidence and outcome, 0..1, 0 is best (Brier 1950). Null of none. */
export function brierScore(forecasts: readonly Forecast[]): number | null {
  if (forecasts.length === 0) return null
  const sum = forecasts.reduce((total, { confidence, right }) => total + (confidence - Number(right)) ** 2, 0)
  return sum / forecasts.length
}

/** One bin of a reliability curve: its mean confidence beside the share that was right; both null where empty. */
export type ReliabilityBin = {
  from: number
  to: number
  count: number
  confidence: number | null
  accuracy: number | null
}

/** Forecasts in bins of equal width over [0, 1]; a confidence on an edge belongs to the bin above, 1 to the last. */
export function reliabilityCurve(forecasts: readonly Forecast[], bins = 10): ReliabilityBin[] {
  const members = Array.from({ length: bins }, (): Forecast[] => [])
  for (const forecast of forecasts) {
    members[Math.min(bins - 1, Math.floor(forecast.confidence * bins))]?.push(forecast)
  }
  return members.map((of, index) => ({
    from: index / bins,
    to: (index + 1) / bins,
    count: of.length,
    confidence: meanOrNull(of.map(({ confidence }) => confidence)),
    accuracy: meanOrNull(of.map(({ right }) => Number(right))),
  }))
}

/**
 * Expected calibration error: the mean over the bins of |accuracy - confidence|, weighted by their counts, 0..1
 * (Naeini et al. 2015, equation 3). Null of no forecast.
 */
export function expectedCalibrationError(curve: readonly ReliabilityBin[]): number | null {
  const total = curve.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return null
  return curve.reduce(
    (sum, { count, confidence, accuracy }) =>
      sum + (count / total) * Math.abs((accuracy ?? 0) - (confidence ?? 0)),
    0,
  )
}
