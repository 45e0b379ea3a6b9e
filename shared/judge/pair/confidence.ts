import type { OrderResult, Winner } from '../../protocol/judgment.ts'
import { mean } from '../../statistics/moments.ts'
import { winnerOf } from './orders.ts'

/**
 * Confidence in a winner, 0..1: agreement times certainty.
 *
 * Agreement is the share of passes (each order of each vote) that name the winner, a pass without a winner
 * counting half; for a tie, the share of passes without a winner. Certainty is the mean over all verdicts of
 * the probability of their sign, 1 where verdicts are written and have none. What a calibration makes of it is `settle`'s.
 */
export function confidenceOf(winner: Winner, passes: OrderResult[], minimum: number): number {
  const agreement = mean(passes.map((pass) => agrees(winner, pass, minimum)))
  const verdicts = passes.flatMap(({ criteria, opinion }) => [...criteria, ...(opinion ? [opinion] : [])])
  const certainties = verdicts.flatMap(({ confidence }) => (confidence === null ? [] : [confidence]))
  // probabilities are sums of floats, which may pass 1 by a digit
  return Math.min(1, agreement * (certainties.length === 0 ? 1 : mean(certainties)))
}

function agrees(winner: Winner, { order, score }: OrderResult, minimum: number): number {
  if (score === null) return 0
  const named = winnerOf(order === 'forward' ? score : -score, minimum)
  if (named === winner) return 1
  return named === 'tie' ? 0.5 : 0
}
