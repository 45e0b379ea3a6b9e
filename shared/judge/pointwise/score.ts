import type { ErrorData } from '../../protocol/error.ts'
import type { MetVerdict, Rating, Scoring } from '../../protocol/pointwise.ts'
import type { Criterion, Scheme } from '../../protocol/rubric.ts'
import { schemeOf, standingOf } from '../../rubric/standing.ts'
import { leavesOf } from '../../rubric/tree.ts'
import { type Aggregate, failed } from '../pair/aggregate.ts'

/** What is scored: the criterion's id, and the probability, 0..1, that it is met. */
export type Met = Pick<MetVerdict, 'id' | 'met'>

type Known = (criterion: Criterion) => number
type Formula = (criteria: Criterion[], met: Known) => Aggregate

const FORMULAS: Record<Scheme, Formula> = {
  level: byLevels,
  points: byPoints,
  rule: byLevels,
  category: byLevels,
  weight: byTree,
}

/**
 * Score of a single response by the criteria of a rubric, whatever their scheme.
 *
 * - `level`, `rule`, `category`: `sum(w p) / sum(w)` in [0, 1], times p of every fatal criterion (the pointwise form
 *   of a veto, our reconstruction). With categories this is RaR's explicit reward (systems.md 4).
 * - `points`: `sum(points p) / sum(positive points)`, HealthBench's score (systems.md 2.2), at most 1 and below 0
 *   where faults outweigh. Null, `no_positive_points`, where no criterion has points above 0. Never clipped.
 * - `weight`: a node is the weighted mean of those below it (PaperBench), in [0, 1].
 *
 * `probability` puts p(met) - p(not met) = 2 p - 1 in the place of p (Rubric-ARROW, 1.10; with signed points, faults
 * and vetoes our reconstruction): twice the score less 1, and with points `sum(points (2 p - 1)) / sum(|points|)`;
 * both in [-1, 1]. A criterion without a probability in [0, 1], or no criterion at all, is an error, never 0.
 */
export function scoreMet(
  criteria: Criterion[],
  verdicts: Met[],
  scoring: Exclude<Scoring, 'implicit'>,
): Aggregate {
  const leaves = leavesOf(criteria)
  if (leaves.length === 0) return failed('no_criteria', 'There is no criterion to aggregate.')
  const found = new Map(verdicts.map(({ id, met }) => [id, met]))
  const unknown = leaves.find(({ id }) => !isProbability(found.get(id)))
  if (unknown) return failed('invalid_item', `Criterion '${unknown.id}' has no probability of being met.`)
  const met: Known = ({ id }) => found.get(id) ?? 0
  const scheme = schemeOf(criteria)
  if (scoring === 'probability' && scheme === 'points') return byMargins(criteria, met)
  const { score, error } = FORMULAS[scheme](criteria, met)
  if (error !== null) return { score: null, error }
  return { score: scoring === 'probability' ? 2 * score - 1 : score, error: null }
}

/** A rating of 1..10 as a score: (rating - 1) / 9 in [0, 1] (RaR implicit, systems.md 4; the published note says only that it is normalised). */
export function scoreRating(rating: Rating | null): Aggregate {
  if (rating === null || !(rating.value >= 1 && rating.value <= 10)) {
    return failed('invalid_item', 'The response has no rating from 1 to 10.')
  }
  return { score: (rating.value - 1) / 9, error: null }
}

function byLevels(criteria: Criterion[], met: Known): Aggregate {
  let gate = 1
  let sum = 0
  let weights = 0
  for (const criterion of criteria) {
    const standing = standingOf(criterion)
    if (standing.veto) gate *= met(criterion)
    else {
      sum += standing.weight * met(criterion)
      weights += standing.weight
    }
  }
  return { score: weights === 0 ? gate : (gate * sum) / weights, error: null }
}

function byPoints(criteria: Criterion[], met: Known): Aggregate {
  let sum = 0
  let positive = 0
  for (const criterion of criteria) {
    const { points = 0 } = criterion
    sum += points * met(criterion)
    positive += Math.max(0, points)
  }
  if (positive > 0) return { score: sum / positive, error: null }
  const message = 'No criterion has points above 0, so there is nothing to reach: give at least one.'
  return failed('no_positive_points', message)
}

function byMargins(criteria: Criterion[], met: Known): Aggregate {
  let sum = 0
  let most = 0
  for (const criterion of criteria) {
    const { points = 0 } = criterion
    sum += points * (2 * met(criterion) - 1)
    most += Math.abs(points)
  }
  return { score: sum / most, error: null }
}

/** In this order of operations, so that PaperBench's own values come out to the last digit. */
function byTree(criteria: Criterion[], met: Known): Aggregate {
  let sum = 0
  let weights = 0
  for (const criterion of criteria) {
    const { weight = 0, criteria: below } = criterion
    const node = below ? byTree(below, met) : { score: met(criterion), error: null }
    if (node.error !== null) return node
    sum += node.score * weight
    weights += weight
  }
  if (weights > 0) return { score: sum / weights, error: null }
  const names = criteria.map(({ id }) => `'${id}'`).join(', ')
  return failed('no_criteria', `The weights of ${names} sum to 0: give one of them a weight.`)
}

function isProbability(met: number | null | undefined): boolean {
  return met != null && met >= 0 && met <= 1
}

/** The score of a judgment's findings, or why it has none; `failure` is what the model failed at, if it did. */
export function scorePointwise(
  found: { scoring: Scoring; criteria: Met[]; rating: Rating | null },
  criteria: Criterion[],
  failure: ErrorData | null,
): Aggregate {
  if (failure !== null) return { score: null, error: failure }
  return found.scoring === 'implicit'
    ? scoreRating(found.rating)
    : scoreMet(criteria, found.criteria, found.scoring)
}
