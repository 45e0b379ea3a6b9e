import type { Effect, Outcome, PairEffect } from '../../protocol/governance.ts'
import type { Winner } from '../../protocol/judgment.ts'
import { pairedBootstrap } from '../../statistics/bootstrap.ts'

/** How a winner compares with the label: a tie is right where the label is one. Null without a winner. */
export function outcomeOf(label: Winner, winner: Winner | null): Outcome {
  if (winner === null) return null
  if (winner === label) return 'right'
  return winner === 'tie' ? 'tie' : 'wrong'
}

const WORTH: Record<NonNullable<Outcome>, number> = { wrong: 0, tie: 1, right: 2 }

/** Seed of the interval: the same pairs give the same one. */
const SEED = 1

/** What a change does to labelled pairs. `model` judged them. */
export function effectOf(pairs: PairEffect[], model: string | null): Effect {
  const known = pairs.flatMap((pair) => {
    const { before, after } = pair
    if (before.outcome === null || after.outcome === null) return []
    return [{ pair, step: WORTH[after.outcome] - WORTH[before.outcome] }]
  })
  const right = (which: 'before' | 'after') =>
    known.filter(({ pair }) => pair[which].outcome === 'right').length / known.length
  const gains = known.map(
    ({ pair }) => Number(pair.after.outcome === 'right') - Number(pair.before.outcome === 'right'),
  )
  const sure = pairedBootstrap(gains, { seed: SEED })
  return {
    model,
    pairs: pairs.length,
    compared: known.length,
    before: known.length === 0 ? null : right('before'),
    after: known.length === 0 ? null : right('after'),
    interval: sure && [sure.low, sure.high],
    worsened: known.filter(({ step }) => step < 0).map(({ pair }) => pair),
    improved: known.filter(({ step }) => step > 0).map(({ pair }) => pair),
    unjudged: pairs.filter(({ before, after }) => before.outcome === null || after.outcome === null),
  }
}
