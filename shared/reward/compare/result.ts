import { winnerOf } from '../../judge/pair/orders.ts'
import type { Judgment, Winner } from '../../protocol/judgment.ts'

/** What one order of one vote found, from the view of the first of two texts. */
export type Pass = { score: number; winner: Winner }

/** One text against another: the judgment's score, positive for the first, who won, and what each pass found. */
export type Result = Pass & { passes: Pass[] }

/** As a verifier decides it: both orders would find the same. */
const certain = (pass: Pass): Result => ({ ...pass, passes: [pass, pass] })

export const WIN: Result = certain({ score: 2, winner: 'first' })
export const LOSS: Result = certain({ score: -2, winner: 'second' })
/** Of two equal texts, and of two whose difference no longer matters. */
export const DRAW: Result = certain({ score: 0, winner: 'tie' })

/**
 * The result that a pair's judgment gives; null where it has no winner or no finite score, and with `everyVote` where
 * one of its votes failed, though the others had a majority.
 */
export function resultOf(judgment: Judgment, everyVote: boolean): Result | null {
  if (judgment.protocol === 'pointwise') return null
  const { score, winner, orders, min_score } = judgment
  if (winner === null || score === null || !Number.isFinite(score)) return null
  if (everyVote && orders.some((order) => order.score === null)) return null
  const passes = orders.flatMap((order): Pass[] => {
    if (order.score === null) return []
    const own = order.order === 'forward' ? order.score : opposite(order.score)
    return [{ score: own, winner: winnerOf(own, min_score) }]
  })
  return passes.length > 0 ? { score, winner, passes } : certain({ score, winner })
}

/** The same from the view of the other text. */
export function turned({ passes, ...result }: Result): Result {
  return { ...turnedPass(result), passes: passes.map(turnedPass) }
}

function turnedPass({ score, winner }: Pass): Pass {
  return {
    score: opposite(score),
    winner: winner === 'tie' ? 'tie' : winner === 'first' ? 'second' : 'first',
  }
}

/** Without a negative zero, which would be shown. */
const opposite = (score: number) => (score === 0 ? 0 : -score)
