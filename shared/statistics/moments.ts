/** The mean of the values; NaN without any. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The mean of the values; null without any. */
export function meanOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : mean(values)
}

/** The standard deviation of the values as a whole population, divided by their number; NaN without any. */
export function deviation(values: readonly number[]): number {
  const centre = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)))
}

/** Pearson's correlation of two lists of one length, -1..1; null where one of them does not vary. */
export function correlation(first: readonly number[], second: readonly number[]): number | null {
  const spread = deviation(first) * deviation(second)
  if (!(spread > 0)) return null
  const [centre, other] = [mean(first), mean(second)]
  const shared = mean(first.map((value, index) => (value - centre) * ((second[index] ?? Number.NaN) - other)))
  return Math.max(-1, Math.min(1, shared / spread))
}
