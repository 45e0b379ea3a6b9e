import { DRAW } from '../result.ts'
import type { Pair } from '../table.ts'
import { meanOver, type Plan } from './plan.ts'

/**
 * Every pair, N (N - 1) / 2 comparisons; the reward is the mean over all other responses, a copy of the response
 * being a draw.
 */
export const all: Plan = async ({ table, copies }) => {
  const places = copies.map((_, place) => place)
  await table.compare(places.flatMap((place) => places.slice(place + 1).map((other): Pair => [place, other])))
  const others = meanOver(table, (opponent) => copies[opponent] ?? 0)
  return (place, shaping) => {
    const mean = others(place, shaping)
    const twins = (copies[place] ?? 1) - 1
    const rest = copies.reduce((sum, count) => sum + count, 0) - 1 - twins
    if (mean === null || twins === 0) return mean
    return (mean * rest + shaping.shape(DRAW) * twins) / (rest + twins)
  }
}
