import type { Winner } from '../protocol/judgment.ts'
import type { RewardRequest } from '../protocol/reward.ts'

/** A response against another: the judgment's score, positive for it, and whether it won. */
export type Result = { score: number; winner: Winner }

/** Two equal responses. */
export const DRAW: Result = { score: 0, winner: 'tie' }

const POINTS: Record<Winner, number> = { first: 1, tie: 0.5, second: 0 }

/**
 * How a result becomes a number. `graded` is score / 2, in [-1, 1], 0 for a draw. `half` is 1 for a win, 0.5
 * for a tie, 0 for a loss.
 */
export const SHAPINGS: Record<NonNullable<RewardRequest['shaping']>, (result: Result) => number> = {
  graded: ({ score }) => score / 2,
  half: ({ winner }) => POINTS[winner],
}
