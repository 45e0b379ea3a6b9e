import type { PairResult } from '../result.ts'

/** JudgeBench's score of a pair: +1 for each order that is right, -1 if wrong, 0 if even; right when above 0. */
export function isRightForJudgeBench({ label, winner, forward, backward }: PairResult): boolean {
  // A verifier or the equality of the responses decides without any order.
  if (forward === null && backward === null) return winner === label
  const towardsFirst = Math.sign(forward ?? 0) + Math.sign(-(backward ?? 0))
  return label === 'first' ? towardsFirst > 0 : towardsFirst < 0
}
