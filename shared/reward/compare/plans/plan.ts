import type { RewardRequest } from '../../../protocol/reward.ts'
import type { Shaping } from '../shaping.ts'
import type { Table } from '../table.ts'

/**
 * What a plan goes by. Places are in a drawn order (`drawGroup`), so that taking the lesser place wherever there is a
 * choice depends on nothing but the request.
 */
export type PlanInput = {
  table: Table
  /** How many responses stand at each place. */
  copies: number[]
  request: RewardRequest
}

/** The reward of a place by a shaping; null where one of its comparisons failed. Range: the shaping's. */
export type Score = (place: number, shaping: Shaping) => number | null

/** Which pairs of a group to compare, in rounds, and what a place's reward is when they are. */
export type Plan = (input: PlanInput) => Promise<Score>

/** The mean of what a place's comparisons are worth, each weighed: by default alike. */
export function meanOver(table: Table, weigh: (opponent: number) => number = () => 1): Score {
  return (place, { shape, range: [low, high] }) => {
    let sum = 0
    let weights = 0
    for (const opponent of table.opponentsOf(place)) {
      const result = table.between(place, opponent)
      if (!result) return null
      sum += weigh(opponent) * shape(result)
      weights += weigh(opponent)
    }
    return weights === 0 ? (low + high) / 2 : sum / weights
  }
}
