import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { seededRandom } from '../../../shared/statistics/random.ts'

/**
 * `count` items of an endless row in which all of them follow each other in another order each time round, from the
 * `from`-th on: where a run is in its data is one number.
 */
export function drawn<Item>(
  items: readonly Item[],
  { seed, from, count }: { seed: number; from: number; count: number },
): Item[] {
  const orders = new Map<number, Item[]>()
  return Array.from({ length: items.length === 0 ? 0 : count }, (_, place) => {
    const round = Math.floor((from + place) / items.length)
    const order = orders.get(round) ?? shuffled(items, derivedSeed(seed, round))
    orders.set(round, order)
    return order[(from + place) % items.length]
  }).flatMap((item) => (item === undefined ? [] : [item]))
}

/** Fisher and Yates, by the stream of the seed. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = seededRandom(seed)
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const [a, b] = [order[last], order[other]]
    if (a === undefined || b === undefined) continue
    order[last] = b
    order[other] = a
  }
  return order
}
