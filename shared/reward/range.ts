import type { RewardRequest } from '../protocol/reward.ts'
import type { Criterion } from '../protocol/rubric.ts'
import { type Range, shapingOf } from './shaping.ts'

/** Least and greatest reward of verifiers, and of a single response but for `rangeOfPoints` and probabilities. */
const SHARE: Range = [0, 1]
/** Of a judge in training: 1 for the right winner and 1 for the form. */
const ACCURACY_AND_FORMAT: Range = [0, 2]
/** Of a difference of two probabilities. */
const MARGIN: Range = [-1, 1]

/** The range that the rewards of a request lie in before constraints change it. */
export function rangeOf(
  request: Pick<RewardRequest, 'protocol' | 'shaping' | 'inconsistent' | 'scoring' | 'rubric'>,
): Range {
  const { protocol, scoring, rubric } = request
  if (protocol === 'verifier' || protocol === 'rubric-arm/generator') return SHARE
  if (protocol === 'rubric-arm/judge') return ACCURACY_AND_FORMAT
  if (protocol !== 'pointwise') return shapingOf(request).range
  if (scoring === 'probability') return MARGIN
  return typeof rubric === 'object' && scoring !== 'implicit' ? rangeOfPoints(rubric.criteria) : SHARE
}

/** With points, every fault and no merit: below 0, and lower still within a class. */
function rangeOfPoints(criteria: Criterion[]): Range {
  const points = criteria.map(({ points = 0 }) => points)
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const least = sum(points.filter((value) => value < 0))
  const most = sum(points.filter((value) => value > 0))
  return most > 0 ? [least / most, 1] : SHARE
}
