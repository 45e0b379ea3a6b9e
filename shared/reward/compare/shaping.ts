import type { Winner } from '../../protocol/judgment.ts'
import type { RewardRequest } from '../../protocol/reward.ts'
import type { Pass, Result } from './result.ts'

type ShapingName = NonNullable<RewardRequest['shaping']>
/** Least and greatest reward. */
export type Range = readonly [low: number, high: number]

/** How a result becomes a number within a range; the middle of the range is a draw. */
export type Shaping = {
  range: Range
  shape(result: Result): number
}

const POINTS: Record<Winner, number> = { first: 1, tie: 0.5, second: 0 }

/** Half points of a pass: 1 a win, 0.5 a tie, 0 a loss. */
export const pointsOf = ({ winner }: Pass): number => POINTS[winner]

/**
 * The ways to shape a result. `graded`: score / 2 (our reconstruction of a graded BRPO, systems.md 3.5). `half`: 1
 * for a win, 0.5 for a tie, 0 for a loss, which is Rubric-ARM's reward (16) where the orders are `strict`. `net`:
 * 1, 0 and -1, so that the mean over all others is (wins - losses) / (N - 1).
 */
const SHAPINGS: Record<Exclude<ShapingName, 'brpo'>, Shaping> = {
  graded: { range: [-1, 1], shape: ({ score }) => score / 2 },
  half: { range: [0, 1], shape: pointsOf },
  net: { range: [-1, 1], shape: (result) => 2 * pointsOf(result) - 1 },
}

/**
 * BRPO's reward against the anchor (Writing-Zero; systems.md 3.5): 1 where every vote in both orders agrees that the
 * response won. -1 otherwise, or `inconsistent` where not every one agrees that it lost: the published readings
 * differ on whether that is -1 (as the code has it) or 0. A vote that failed is no disagreement: the comparison has
 * failed then (`openTable`).
 */
function brpo(inconsistent: -1 | 0): Shaping {
  return {
    range: [-1, 1],
    shape({ passes }) {
      if (passes.every(({ winner }) => winner === 'first')) return 1
      return passes.every(({ winner }) => winner === 'second') ? -1 : inconsistent
    },
  }
}

/** The shaping of a request. */
export function shapingOf({
  shaping = 'graded',
  inconsistent = -1,
}: Pick<RewardRequest, 'shaping' | 'inconsistent'>): Shaping {
  return shaping === 'brpo' ? brpo(inconsistent) : SHAPINGS[shaping]
}

/** How one-sided a group may be: |sum of rewards| / responses (BRPO's dynamic sampling). */
const MOST_ONE_SIDED = 0.6

/** Whether BRPO trains on a group of these rewards: those that are null are left out of the sum and of the count. */
export function groupKept(rewards: readonly (number | null)[]): boolean {
  const known = rewards.filter((reward) => reward !== null)
  if (known.length === 0) return false
  return Math.abs(known.reduce((sum, reward) => sum + reward, 0)) / known.length <= MOST_ONE_SIDED
}
