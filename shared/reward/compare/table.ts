import type { ErrorData } from '../../protocol/error.ts'
import type { Judgment } from '../../protocol/judgment.ts'
import { notScored } from '../not-scored.ts'
import { type Result, resultOf, turned } from './result.ts'

/** Two places whose texts are compared. */
export type Pair = readonly [number, number]

/** What has been found between the places of a group. A result is null where its judgment failed. */
export type Table = {
  /** How many places there are. */
  size: number
  /** Compares pairs at once. None is compared twice, nor a place with itself. */
  compare(pairs: readonly Pair[]): Promise<void>
  /** From the view of `place`; undefined where the two were never compared. */
  between(place: number, other: number): Result | null | undefined
  /** With whom a place was compared, in the order of places. */
  opponentsOf(place: number): number[]
  /** The ids of the judgments of a place, without those that a verifier made needless. */
  judgmentsOf(place: number): string[]
  /** Why the first comparison of a place that failed did so; null where none did. */
  errorOf(place: number): ErrorData | null
}

/** Where a comparison comes from: a judgment, or a verifier that made one needless. */
export type Source = (place: number, other: number) => Promise<Judgment> | Result

/** An empty table over a source of comparisons; with `everyVote` one that lacks a vote has failed. */
export function openTable(size: number, source: Source, everyVote: boolean): Table {
  const found = Array.from({ length: size }, () => new Map<number, Result | null>())
  const judged = Array.from({ length: size }, () => new Map<number, Judgment>())

  async function compareOne([place, other]: Pair): Promise<void> {
    const made = await source(place, other)
    const judgment = 'passes' in made ? null : made
    const result = 'passes' in made ? made : resultOf(made, everyVote)
    found[place]?.set(other, result)
    found[other]?.set(place, result && turned(result))
    if (judgment) {
      judged[place]?.set(other, judgment)
      judged[other]?.set(place, judgment)
    }
  }

  const opponentsOf = (place: number) => [...(found[place]?.keys() ?? [])].toSorted((a, b) => a - b)
  const judgmentsOf = (place: number) =>
    [...(judged[place] ?? [])].toSorted(([a], [b]) => a - b).map(([, judgment]) => judgment)
  return {
    size,
    opponentsOf,
    async compare(pairs) {
      const open = pairs.filter(([place, other]) => place !== other && !found[place]?.has(other))
      const distinct = new Map(open.map((pair) => [pair.toSorted((a, b) => a - b).join(), pair]))
      await Promise.all([...distinct.values()].map(compareOne))
    },
    between: (place, other) => found[place]?.get(other),
    judgmentsOf: (place) => [...new Set(judgmentsOf(place).map(({ id }) => id))],
    errorOf(place) {
      const failed = opponentsOf(place).filter((other) => found[place]?.get(other) === null)
      if (failed.length === 0) return null
      return failed.flatMap((other) => whyFailed(judged[place]?.get(other)) ?? [])[0] ?? notScored()
    },
  }
}

/** The error of a judgment, or of its first vote that failed. */
function whyFailed(judgment: Judgment | undefined): ErrorData | null | undefined {
  if (!judgment || judgment.protocol === 'pointwise') return judgment?.error
  return judgment.error ?? judgment.orders.find(({ error }) => error)?.error
}
