import { scalarise, scoreClasses, tagClasses } from '../classes/class-scores.ts'
import { scoreMet } from '../judge/pointwise/score.ts'
import type { RewardRequest } from '../protocol/reward.ts'
import type { Criterion } from '../protocol/rubric.ts'
import { leavesOf } from '../rubric/tree.ts'
import { type Range, shapingOf } from './compare/shaping.ts'

/** Least and greatest reward of verifiers, and of a single response but for faults and probabilities. */
const SHARE: Range = [0, 1]
/** Of a judge in training: 1 for the right winner and 1 for the form. */
const ACCURACY_AND_FORMAT: Range = [0, 2]
/** Of a difference of two probabilities. */
const MARGIN: Range = [-1, 1]

type Ranged = Pick<
  RewardRequest,
  'protocol' | 'shaping' | 'inconsistent' | 'scoring' | 'rubric' | 'classes' | 'class_weights'
>

/**
 * The range that the rewards of a request lie in before constraints change it. A rubric that is named by its id is not
 * looked up, so that its faults are not known: its lowest counts as 0.
 */
export function rangeOf(request: Ranged): Range {
  const { protocol, scoring, rubric } = request
  if (protocol === 'verifier' || protocol === 'rubric-arm/generator') return SHARE
  if (protocol === 'rubric-arm/judge') return ACCURACY_AND_FORMAT
  if (protocol !== 'pointwise') return shapingOf(request).range
  if (scoring === 'probability') return MARGIN
  if (scoring === 'implicit' || typeof rubric !== 'object') return SHARE
  return [lowestOf(rubric.criteria, request), 1]
}

/** The score of a response that has every fault and no merit; 0 where none can be reached. */
function lowestOf(criteria: Criterion[], { classes, class_weights }: Ranged): number {
  const worst = leavesOf(criteria).map(({ id, points = 0 }) => ({ id, met: points < 0 ? 1 : 0 }))
  const { score } = class_weights
    ? scalarise(scoreClasses(criteria, worst, 'explicit', classes ?? tagClasses(criteria)), class_weights)
    : scoreMet(criteria, worst, 'explicit')
  return score ?? 0
}
