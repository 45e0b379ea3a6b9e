/**
 * Fleiss' kappa of several raters: (P - P_e) / (1 - P_e), P the mean over items of the share of agreeing pairs of
 * ratings, P_e the sum of the squared shares of the labels (Fleiss 1971). Each item is the list of its ratings;
 * null ratings are left out. The formula wants as many ratings of every item, so that items with fewer than the
 * most common number (at least two) are left out too: `items` says how many counted. Null where none is left or
 * all ratings are the same, which leaves kappa undefined.
 */
export function fleissKappa(ratings: readonly (readonly (string | null)[])[]): {
  kappa: number | null
  items: number
  raters: number
} {
  const known = ratings.map((item) => item.filter((rating) => rating !== null))
  const raters = mostCommon(known.map(({ length }) => length).filter((length) => length >= 2))
  const rated = known.filter(({ length }) => length === raters)
  if (raters === 0 || rated.length === 0) return { kappa: null, items: 0, raters }
  const totals = new Map<string, number>()
  let agreement = 0
  for (const item of rated) {
    const counts = new Map<string, number>()
    for (const label of item) counts.set(label, (counts.get(label) ?? 0) + 1)
    let agreeing = 0
    for (const [label, count] of counts) {
      agreeing += count * (count - 1)
      totals.set(label, (totals.get(label) ?? 0) + count)
    }
    agreement += agreeing / (raters * (raters - 1))
  }
  const observed = agreement / rated.length
  const all = rated.length * raters
  const expected = [...totals.values()].reduce((sum, count) => sum + (count / all) ** 2, 0)
  const kappa = expected === 1 ? null : (observed - expected) / (1 - expected)
  return { kappa, items: rated.length, raters }
}

/** The number that occurs most often, the larger of several; 0 of none. */
function mostCommon(numbers: number[]): number {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0
}
