/** How far apart two ratings are: 0 for the same, by the scale on which they were given. */
type Distance = (a: number, b: number) => number

const DISTANCES = {
  nominal: (a, b) => (a === b ? 0 : 1),
  interval: (a, b) => (a - b) ** 2,
} as const satisfies Record<string, Distance>

export type AlphaScale = keyof typeof DISTANCES

/**
 * Krippendorff's alpha: 1 - D_o / D_e, the observed disagreement within items over that of all ratings put
 * together, any number of raters and with ratings missing (Krippendorff 2004, chapter 11). At most 1; 0 is chance.
 * Each item is the list of its ratings as numbers, null where a rater gave none: `nominal` for labels given
 * numbers, `interval` for numbers whose differences mean something. Null where no item has two ratings, or where
 * all ratings are the same.
 */
export function krippendorffAlpha(
  ratings: readonly (readonly (number | null)[])[],
  scale: AlphaScale,
): number | null {
  const distance: Distance = DISTANCES[scale]
  const items = ratings
    .map((item) => item.filter((rating) => rating !== null))
    .filter(({ length }) => length >= 2)
  const total = items.reduce((sum, { length }) => sum + length, 0)
  if (total === 0) return null
  const counts = new Map<number, number>()
  let observed = 0
  for (const item of items) {
    const own = countOf(item)
    observed += disagreement(own, distance) / (item.length - 1)
    for (const [rating, count] of own) counts.set(rating, (counts.get(rating) ?? 0) + count)
  }
  const expected = disagreement(counts, distance) / (total - 1)
  return expected === 0 ? null : 1 - observed / expected
}

/** The sum of the distances of all ordered pairs, the ratings given by how often each occurs. */
function disagreement(counts: Map<number, number>, distance: Distance): number {
  let sum = 0
  for (const [a, often] of counts) for (const [b, other] of counts) sum += often * other * distance(a, b)
  return sum
}

function countOf(ratings: number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const rating of ratings) counts.set(rating, (counts.get(rating) ?? 0) + 1)
  return counts
}
