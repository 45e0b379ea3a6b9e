import { pointsOf } from '../shaping.ts'
import type { Pair, Table } from '../table.ts'
import { meanOver, type Plan } from './plan.ts'

/**
 * A Swiss tournament of ceil(log2 N) rounds, at most N / 2 comparisons each: in every round each place meets the one
 * next to it in the standings (mean half points so far, then the drawn order) that it has not met. Of an odd number
 * the last that has not yet done so sits out, which counts as nothing. A place whose judgment failed leaves, since
 * the rounds after it would rest on a result that nobody has.
 */
export const swiss: Plan = async ({ table }) => {
  const places = Array.from({ length: table.size }, (_, place) => place)
  const sittings = new Map<number, number>()
  for (let round = 0; 2 ** round < table.size; round++) {
    const standing = places
      .filter((place) => table.errorOf(place) === null)
      .map((place) => ({ place, points: pointsSoFar(table, place) }))
      .toSorted((a, b) => b.points - a.points || a.place - b.place)
      .map(({ place }) => place)
    const [resting, playing] = sitOut(standing, sittings)
    if (resting !== null) sittings.set(resting, (sittings.get(resting) ?? 0) + 1)
    await table.compare(pairUp(playing, table) ?? [])
  }
  return meanOver(table)
}

function pointsSoFar(table: Table, place: number): number {
  return meanOver(table)(place, { range: [0, 1], shape: pointsOf }) ?? 0
}

/** Of an odd number, the last among those that sat out least often; and who plays. */
function sitOut(standing: number[], sittings: Map<number, number>): [number | null, number[]] {
  if (standing.length % 2 === 0) return [null, standing]
  const times = (place: number) => sittings.get(place) ?? 0
  const fewest = Math.min(...standing.map(times))
  const resting = standing.findLast((place) => times(place) === fewest) ?? null
  return [resting, standing.filter((place) => place !== resting)]
}

/** Pairs each with the nearest in the standings that it has not met, trying others where that leaves two over who have; null where there is no way. */
function pairUp([first, ...rest]: number[], table: Table): Pair[] | null {
  if (first === undefined) return []
  for (const opponent of rest) {
    if (table.between(first, opponent) !== undefined) continue
    const others = pairUp(
      rest.filter((place) => place !== opponent),
      table,
    )
    if (others) return [[first, opponent], ...others]
  }
  return null
}
