import type { Pair } from '../table.ts'
import { meanOver, type Plan } from './plan.ts'

/** Each against the next in the drawn order and the last against the first: N comparisons, two for each response. */
export const circular: Plan = async ({ table }) => {
  const places = Array.from({ length: table.size }, (_, place) => place)
  await table.compare(places.map((place): Pair => [place, (place + 1) % table.size]))
  return meanOver(table)
}
