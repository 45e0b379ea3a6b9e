/** The least of 1, 2, 3, 4, 6, 8, 12, 16, 24, ... that is at least a number and `fewest`. */
export function bucket(value: number, fewest: number): number {
  const power = 2 ** Math.ceil(Math.log2(Math.max(value, fewest)))
  const between = (power / 4) * 3
  return Number.isInteger(between) && between >= value && between >= fewest ? between : power
}

/** The greatest of them that is at most a number; 0 below 1. */
export function bucketBelow(value: number): number {
  if (value < 1) return 0
  const power = 2 ** Math.floor(Math.log2(value))
  const between = (power / 2) * 3
  return Number.isInteger(between) && between <= value ? between : power
}

/** All of them from `fewest` to the first that is at least `most`. */
export function buckets(fewest: number, most: number): number[] {
  const all = [bucket(fewest, 1)]
  for (let last = bucket(fewest, 1); last < most; all.push(last)) last = bucket(last + 1, 1)
  return all
}
