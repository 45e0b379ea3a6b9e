import type { Pair } from '../table.ts'
import { meanOver, type Plan } from './plan.ts'

/** Every place against one, N - 1 comparisons; the one gets what a draw is worth by definition. */
export const againstOne =
  (anchor: number): Plan =>
  async ({ table }) => {
    const others = Array.from({ length: table.size }, (_, place) => place).filter((place) => place !== anchor)
    await table.compare(others.map((place): Pair => [place, anchor]))
    const score = meanOver(table)
    return (place, shaping) => {
      const [low, high] = shaping.range
      return place === anchor ? (low + high) / 2 : score(place, shaping)
    }
  }
