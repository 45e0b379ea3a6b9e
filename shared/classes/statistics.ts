import type { ClassScores } from '../protocol/pointwise.ts'
import { correlation, deviation, mean } from '../statistics/moments.ts'

/** What a group's rewards by meta-class say of training on them. Standard deviations are those of a population. */
export type ClassStatistics = {
  /** Over the responses that have a score in the class: how many, their mean and standard deviation; null without any. */
  classes: Record<string, { n: number; mean: number | null; std: number | null }>
  /** Pearson's correlation of two classes over the responses scored in both; null where one does not vary. */
  correlations: Record<string, Record<string, number | null>>
  /**
   * `std(sum(w r)) / sum(w std(r))` over the responses scored in all classes, in [0, 1] but for rounding: how much of the spread that the
   * classes have by themselves is left in their weighted sum; null where none varies.
   */
  contraction: number | null
  /** Classes in which two or more responses have a score and all have the same: training on them learns nothing. */
  without_variance: string[]
}

/** Scores as far apart as rounding sets them are the same. */
const SAME = 1e-12

/**
 * Statistics of one group: a vector of class scores for each of its responses, null where a class is masked or was not
 * judged. `weights` are those of the weighted sum, default 1 each. The contraction of variance is derived in systems.md
 * 2.3: with convex weights a sum never varies more than its parts on average, and less where they are uncorrelated.
 */
export function classStatistics(
  vectors: readonly ClassScores[],
  weights: Record<string, number> = {},
): ClassStatistics {
  const names = [...new Set(vectors.flatMap((vector) => Object.keys(vector)))]
  const weightOf = (name: string) => (Object.hasOwn(weights, name) ? (weights[name] ?? 0) : 1)
  const scoreIn = (vector: ClassScores, name: string) =>
    Object.hasOwn(vector, name) ? (vector[name] ?? null) : null
  const columns = new Map(
    names.map((name) => [name, vectors.flatMap((vector) => scoreIn(vector, name) ?? [])]),
  )
  const column = (name: string) => columns.get(name) ?? []

  function between(first: string, second: string): number | null {
    const both = vectors.flatMap((vector) => {
      const [a, b] = [scoreIn(vector, first), scoreIn(vector, second)]
      return a === null || b === null ? [] : [[a, b] as const]
    })
    const [a, b] = [both.map(([score]) => score), both.map(([, score]) => score)]
    return deviation(a) > SAME && deviation(b) > SAME ? correlation(a, b) : null
  }

  return {
    classes: fromNames(names, (name) => {
      const scores = column(name)
      if (scores.length === 0) return { n: 0, mean: null, std: null }
      return { n: scores.length, mean: mean(scores), std: deviation(scores) }
    }),
    correlations: fromNames(names, (first) => fromNames(names, (second) => between(first, second))),
    contraction: contractionOf(
      names.map(weightOf),
      vectors.flatMap((vector) => {
        const row = names.flatMap((name) => scoreIn(vector, name) ?? [])
        return row.length === names.length ? [row] : []
      }),
    ),
    without_variance: names.filter((name) => column(name).length > 1 && deviation(column(name)) <= SAME),
  }
}

/** `rows` hold a score for each class, `weights` a weight. */
function contractionOf(weights: number[], rows: number[][]): number | null {
  const parts = weights.map((weight, at) => weight * deviation(rows.map((row) => row[at] ?? 0)))
  const apart = parts.reduce((sum, part) => sum + part, 0)
  if (!(apart > SAME)) return null
  const together = deviation(
    rows.map((row) => row.reduce((sum, score, at) => sum + (weights[at] ?? 0) * score, 0)),
  )
  return together / apart
}

/** The share of groups in which no class that is scored varies, 0..1; null without a group. */
export function shareWithoutVariance(groups: readonly ClassStatistics[]): number | null {
  if (groups.length === 0) return null
  const flat = groups.filter(({ classes, without_variance }) => {
    const scored = Object.values(classes).filter(({ n }) => n > 1).length
    return without_variance.length === scored
  })
  return flat.length / groups.length
}

function fromNames<T>(names: string[], of: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)]))
}
