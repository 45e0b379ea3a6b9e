import { isMasked, scalarise } from '../classes/class-scores.ts'
import { type Aggregate, failed } from '../judge/pair/aggregate.ts'
import { deviation, mean } from '../statistics/moments.ts'

/** The rewards of one response: a score for each meta-class, masked where its prompt has none, and one for the whole. */
export type RewardVector = { classes: ReadonlyMap<string, Aggregate>; overall: Aggregate }

/** Scores as far apart as rounding sets them are the same. */
const SAME = 1e-12

/** The scores of one class: null where a response could not be scored, or its prompt has nothing for the class. */
export function classRewards(group: readonly RewardVector[], metaClass: string): (number | null)[] {
  return group.map(({ classes }) => classes.get(metaClass)?.score ?? null)
}

/** The weighted mean of the classes that the prompt has (systems.md 2.3, baseline (b)); null where one of them failed. */
export function scalarRewards(
  group: readonly RewardVector[],
  weights: Record<string, number>,
): (number | null)[] {
  return group.map(({ classes }) => scalarise(new Map(classes), weights).score)
}

/** The scores of the whole, for a rubric with points HealthBench's (baseline (a)). */
export function overallRewards(group: readonly RewardVector[]): (number | null)[] {
  return group.map(({ overall }) => overall.score)
}

/**
 * Each class normalised within the group before they are added: `sum(w (r - mean) / std) / sum(w)` over the classes
 * that the prompt has, of mean 0. A class in which the group does not vary adds nothing. After GDPO (arXiv 2601.05242,
 * read in other people's notes alone: our reconstruction, without its second normalisation over the batch). Null where a class
 * that counts failed.
 */
export function normalisedRewards(
  group: readonly RewardVector[],
  weights: Record<string, number>,
): (number | null)[] {
  const names = [...new Set(group.flatMap(({ classes }) => [...classes.keys()]))]
  const normalised = new Map(names.map((name) => [name, standardised(classRewards(group, name))]))
  return group.map(({ classes }, at) => {
    const own = [...classes].map(([name, aggregate]): [string, Aggregate] => {
      if (aggregate.error !== null) return [name, aggregate]
      const score = normalised.get(name)?.[at] ?? null
      return [name, score === null ? failed('not_scored', 'It has no score.') : { score, error: null }]
    })
    return scalarise(new Map(own), weights).score
  })
}

function standardised(scores: (number | null)[]): (number | null)[] {
  const known = scores.filter((score) => score !== null)
  const [centre, spread] = [mean(known), deviation(known)]
  return scores.map((score) => (score === null ? null : spread > SAME ? (score - centre) / spread : 0))
}

/** Classes of a response that failed, and are not merely masked. */
export function failedClasses({ classes }: RewardVector): string[] {
  return [...classes].flatMap(([name, one]) => (one.error !== null && !isMasked(one) ? [name] : []))
}
