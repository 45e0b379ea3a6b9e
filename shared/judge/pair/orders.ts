import type { OrderPolicy, Winner } from '../../protocol/judgment.ts'

/** The winner of one score in [-2, 2], positive for the first response; up to `minimum` is a tie. */
export function winnerOf(score: number, minimum: number): Winner {
  if (score > minimum) return 'first'
  if (score < -minimum) return 'second'
  return 'tie'
}

/**
 * How the scores of the two orders decide the winner. Both are positive for the response that their order
 * shows first, so agreement means opposite signs.
 *
 * - `strict`: a response must win in both orders.
 * - `mean`: the sign of (forward - backward) / 2.
 * - `compat`: the published table, which credits one win and one tie only to the response that won while shown
 *   first (systems.md 3.3, `evaluate_pair`); not symmetric under a swap.
 * - `forward`, `backward`: that order alone; the other is not judged, and its score is not looked at.
 */
export const ORDER_POLICIES: Record<
  OrderPolicy,
  (forward: number, backward: number, minimum: number) => Winner
> = {
  strict(forward, backward, minimum) {
    const [shownFirst, shownSecond] = [winnerOf(forward, minimum), winnerOf(-backward, minimum)]
    return shownFirst === shownSecond ? shownFirst : 'tie'
  },
  mean: (forward, backward, minimum) => winnerOf((forward - backward) / 2, minimum),
  compat(forward, backward, minimum) {
    if (forward > minimum && backward <= -minimum) return 'first'
    if (forward <= -minimum && backward > minimum) return 'second'
    return 'tie'
  },
  forward: (forward, _backward, minimum) => winnerOf(forward, minimum),
  backward: (_forward, backward, minimum) => winnerOf(-backward, minimum),
}
