import { type Fit, varianceOf, winProbability } from '../fit/bradley-terry.ts'
import { fitTable } from '../fit/fit.ts'
import type { Pair, Table } from '../table.ts'
import { meanOver, type Plan } from './plan.ts'

/** Comparisons for each place where the request has no budget. */
const SPENT_ON_EACH = 2

/**
 * Spends a budget of comparisons where the ranking is least sure. First a chain in the drawn order connects all;
 * then rounds of at most N / 2 pairs without a place in common, each round after a new fit: the pairs whose
 * comparison tells most of it by Laplace's approximation, `log(1 + p (1 - p) var(u_a - u_b))`, which is great
 * where strengths are close and little known. Stops when the budget is spent or every pair is judged.
 */
export const active: Plan = async ({ table, request }) => {
  const chain = Array.from({ length: table.size - 1 }, (_, place): Pair => [place, place + 1])
  await table.compare(chain)
  let left = (request.budget ?? SPENT_ON_EACH * table.size) - chain.length
  let fit = fitTable(table, request)
  while (left > 0) {
    const next = mostTelling(table, fit, left)
    if (next.length === 0) break
    await table.compare(next)
    left -= next.length
    fit = fitTable(table, request, fit)
  }
  return meanOver(table)
}

function mostTelling(table: Table, fit: Fit, most: number): Pair[] {
  const open = openPairs(table)
  if (open.length <= most) return open
  const ranked = open
    .map((pair) => ({ pair, gain: gainOf(fit, pair) }))
    .toSorted((a, b) => b.gain - a.gain || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1])
  return disjoint(ranked.map(({ pair }) => pair)).slice(0, most)
}

function openPairs(table: Table): Pair[] {
  const places = Array.from({ length: table.size }, (_, place) => place)
  return places.flatMap((place) =>
    places
      .slice(place + 1)
      .flatMap((other): Pair[] => (table.between(place, other) === undefined ? [[place, other]] : [])),
  )
}

function gainOf(fit: Fit, [first, second]: Pair): number {
  const p = winProbability(fit.strengths, first, second)
  return Math.log1p(p * (1 - p) * varianceOf(fit, first, second))
}

/** In their order, each pair that shares no place with one before. */
function disjoint(pairs: Pair[]): Pair[] {
  const taken = new Set<number>()
  return pairs.filter(([a, b]) => {
    if (taken.has(a) || taken.has(b)) return false
    taken.add(a).add(b)
    return true
  })
}
