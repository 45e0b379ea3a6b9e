import type { Aggregate } from '../judge/pair/aggregate.ts'
import { type Met, scoreMet } from '../judge/pointwise/score.ts'
import type { ClassScores, Scoring } from '../protocol/pointwise.ts'
import { type Criterion, everyCriterion } from '../protocol/rubric.ts'
import { taggedPart } from '../rubric/tree.ts'

/** The meta-classes of a rubric: which tags belong to each. */
export type ClassMap = Record<string, string[]>

/** Each tag of a rubric as a class of its own, in the order of their first use. */
export function tagClasses(criteria: Criterion[]): ClassMap {
  const tags = new Set(everyCriterion(criteria).flatMap(({ tags = [] }) => tags))
  return Object.fromEntries([...tags].map((tag) => [tag, [tag]]))
}

/**
 * The score of each meta-class: the same formula over the part of the rubric that carries one of its tags
 * (HealthBench's rubric-level tags, systems.md 2.2; the reward vector of ARL-RR as 2.3 reconstructs it). A class
 * that the rubric has nothing to score by is an error, `no_criteria` or `no_positive_points`, and so is one with a
 * criterion that could not be judged; the others have their scores.
 */
export function scoreClasses(
  criteria: Criterion[],
  verdicts: Met[],
  scoring: Exclude<Scoring, 'implicit'>,
  classes: ClassMap = tagClasses(criteria),
): Map<string, Aggregate> {
  return new Map(
    Object.entries(classes).map(([name, tags]) => [
      name,
      scoreMet(taggedPart(criteria, new Set(tags)), verdicts, scoring),
    ]),
  )
}

/** The scores as they are answered: null is masked, never 0. */
export function showClasses(scored: Map<string, Aggregate>): ClassScores {
  return Object.fromEntries([...scored].map(([name, { score }]) => [name, score]))
}

/** Whether a class has no score because the rubric has nothing for it, and not because judging failed. */
export function isMasked({ error }: Aggregate): boolean {
  return error?.code === 'no_criteria' || error?.code === 'no_positive_points'
}

/**
 * One number out of the scores: `sum(w r) / sum(w)` over the classes that the rubric has something for (the
 * scalarised baseline of ARL-RR, systems.md 2.3 (b)). A class without a weight does not count. Null where a class
 * that counts could not be judged, or none is left.
 */
export function scalarise(scored: Map<string, Aggregate>, weights: Record<string, number>): Aggregate {
  let sum = 0
  let total = 0
  for (const [name, aggregate] of scored) {
    const weight = Object.hasOwn(weights, name) ? (weights[name] ?? 0) : 0
    if (weight === 0 || isMasked(aggregate)) continue
    if (aggregate.error !== null) return aggregate
    sum += weight * aggregate.score
    total += weight
  }
  if (total > 0) return { score: sum / total, error: null }
  const message =
    'The rubric has nothing to score by in any class that has a weight: no criterion, or no points above 0.'
  return { score: null, error: { code: 'no_criteria', type: 'service', message } }
}
