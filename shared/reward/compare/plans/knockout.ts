import type { Pair, Table } from '../table.ts'
import type { Plan } from './plan.ts'

/** Who stands in each slot of a round; null where nobody does. */
type Bracket = (number | null)[]

/**
 * Single elimination of ceil(log2 N) rounds, N - 1 comparisons, seeded by the drawn order: the first places have the
 * first round off where N is no power of two. A tie goes to the better score, then to the lesser place. The reward
 * is the share of the rounds that a place survived, scaled to the shaping's range: the least for who lost the
 * first, the greatest for the champion. Where a judgment failed both leave, and who would have met the winner goes on.
 */
export const knockout: Plan = async ({ table }) => {
  const survived = new Map<number, number>()
  const rounds = Math.ceil(Math.log2(table.size))
  let bracket = seed(table.size, 2 ** rounds)
  for (let round = 0; round < rounds; round++) {
    await table.compare(matches(bracket))
    bracket = nextRound(bracket, table)
    for (const place of bracket) if (place !== null) survived.set(place, round + 1)
  }
  return (place, { range: [low, high] }) => {
    if (table.errorOf(place)) return null
    return rounds === 0 ? (low + high) / 2 : low + ((high - low) * (survived.get(place) ?? 0)) / rounds
  }
}

/** Slots in which neighbours meet, the first places facing those that are empty. */
function seed(size: number, slots: number): Bracket {
  const places: Bracket = Array.from({ length: slots }, (_, place) => (place < size ? place : null))
  return places.slice(0, slots / 2).flatMap((place, at) => [place, places[slots - 1 - at] ?? null])
}

function pairsOf(bracket: Bracket): [number | null, number | null][] {
  return bracket.flatMap((place, at) => (at % 2 === 0 ? [[place, bracket[at + 1] ?? null]] : []))
}

function matches(bracket: Bracket): Pair[] {
  return pairsOf(bracket).flatMap(([a, b]): Pair[] => (a === null || b === null ? [] : [[a, b]]))
}

function nextRound(bracket: Bracket, table: Table): Bracket {
  return pairsOf(bracket).map(([a, b]) => {
    if (a === null || b === null) return a ?? b
    const result = table.between(a, b)
    if (!result) return null
    if (result.winner !== 'tie') return result.winner === 'first' ? a : b
    return result.score === 0 ? Math.min(a, b) : result.score > 0 ? a : b
  })
}
