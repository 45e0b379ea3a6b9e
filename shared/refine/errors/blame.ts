import type { PairJudgment, Winner } from '../../protocol/judgment.ts'
import type { Criterion } from '../../protocol/rubric.ts'
import { standingOf } from '../../rubric/standing.ts'
import type { Blame } from '../measure/pair.ts'

type Leaning = { id: string; forward: number; backward: number; weight: number }

/**
 * The criterion to look at first when a judgment is not what its label says. Wrong: the one whose weighted verdict,
 * mean of both orders, leads furthest from the label. A tie: the one whose verdicts follow the place in which a
 * response is shown most. Null where no criterion does either, as with equal verdicts.
 */
export function blameOf({ winner, rubric, orders }: PairJudgment, label: Winner): Blame | null {
  if (winner === null || winner === label || rubric === null) return null
  const leanings = rubric.criteria.map((criterion): Leaning => {
    const { id } = criterion
    const mean = (which: 'forward' | 'backward') => {
      const verdicts = orders.flatMap((pass) =>
        pass.order === which ? pass.criteria.flatMap((one) => (one.id === id ? [one.verdict] : [])) : [],
      )
      return verdicts.reduce((sum, verdict) => sum + verdict, 0) / Math.max(1, verdicts.length)
    }
    return { id, forward: mean('forward'), backward: mean('backward'), weight: weightOf(criterion) }
  })
  const faultOf = winner === 'tie' ? inconsistency : misleading(label)
  const [worst] = leanings
    .map((leaning) => ({ id: leaning.id, fault: faultOf(leaning) }))
    .toSorted((a, b) => b.fault - a.fault)
  const criterion = rubric.criteria.find(({ id }) => id === worst?.id)
  if (!worst || !criterion || worst.fault <= 0) return null
  return { clause: criterion.clause ?? null, level: criterion.level ?? null }
}

/** Positive favours the label's opposite; for a pair labelled as a tie, either side. */
function misleading(label: Winner): (leaning: Leaning) => number {
  const sign = { first: -1, second: 1, tie: 0 }[label]
  return ({ forward, backward, weight }) => {
    const towardsFirst = ((forward - backward) / 2) * weight
    return sign === 0 ? Math.abs(towardsFirst) : sign * towardsFirst
  }
}

/** How far the verdict depends on which response is shown first: 0 where swapping them negates it. */
function inconsistency({ forward, backward, weight }: Leaning): number {
  return Math.abs(forward + backward) * weight
}

/** A veto outweighs any criterion that is averaged. */
const VETO = 1000

function weightOf(criterion: Criterion): number {
  const standing = standingOf(criterion)
  return standing.veto ? VETO : standing.weight * standing.sign
}
