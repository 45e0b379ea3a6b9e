/**
 * Kendall's tau-b of two rankings: 1 the same, -1 the reverse, 0 unrelated; ties within one count for neither. NaN
 * where a ranking ties everything.
 */
export function kendallTau(first: readonly number[], second: readonly number[]): number {
  let together = 0
  const apart = { first: 0, second: 0 }
  for (let at = 0; at < first.length; at++) {
    for (let other = 0; other < at; other++) {
      const a = Math.sign((first[at] ?? 0) - (first[other] ?? 0))
      const b = Math.sign((second[at] ?? 0) - (second[other] ?? 0))
      together += a * b
      apart.first += Math.abs(a)
      apart.second += Math.abs(b)
    }
  }
  return together / Math.sqrt(apart.first * apart.second)
}

/** The chance that a best of the first ranking, drawn where several are, is a best of the second. */
export function sameBest(first: readonly number[], second: readonly number[]): number {
  const best = (ranking: readonly number[]) => {
    const most = Math.max(...ranking)
    return ranking.flatMap((value, at) => (value === most ? [at] : []))
  }
  const right = new Set(best(second))
  const drawn = best(first)
  return drawn.filter((at) => right.has(at)).length / drawn.length
}

/** Of those that are numbers. */
export function mean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value))
  return known.reduce((sum, value) => sum + value, 0) / known.length
}
