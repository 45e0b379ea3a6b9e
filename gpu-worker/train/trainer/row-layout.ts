import { branchPlaces } from '../../nn/training/branch-places.ts'
import { scorePairs } from '../../nn/training/row-parts.ts'
import type { TrainingShape } from '../../nn/training/training-ports.ts'
import { bucket, buckets } from './buckets.ts'

/** How many tokens of a row's prompt and of each of its branches pass the decoder. */
export type RowLengths = { prompt: number; branches: readonly number[] }

/** What of a shape says how the tokens of its rows lie. */
export type RowLayout = Pick<TrainingShape, 'tokens' | 'lanes'>

const FEWEST_TOKENS = 16

/** Rows of so many tokens spend little on attention. */
const SHORT = 256

/**
 * What a token costs beside attention, in pairs of tokens that look at each other: of SmolLM2-135M on a processor about
 * 600, by its operations 1,750. It weighs padding against attention.
 */
const TOKEN_PAIRS = 1024

/** Of the cost, for lanes to be taken: other sizes are another graph. */
const LEAST_SAVED = 0.1

/** The length of rows without lanes that hold some: one of a few. */
export function plainTokens(rows: readonly RowLengths[]): number {
  return bucket(longest(rows), FEWEST_TOKENS)
}

/** Tokens of the longest of some rows, without padding. */
function longest(rows: readonly RowLengths[]): number {
  return Math.max(...rows.map(({ prompt, branches }) => branches.reduce((sum, one) => sum + one, prompt)))
}

/** The cheapest layout that holds each of some rows; one with lanes has no more tokens than `most`. */
export function rowLayout(rows: readonly RowLengths[], most: number): RowLayout {
  const tokens = plainTokens(rows)
  const plain = { tokens }
  const prompt = Math.max(...rows.map((row) => row.prompt))
  const branches = Math.max(...rows.map((row) => row.branches.length))
  if (tokens <= SHORT || branches < 2) return plain
  const sizes = buckets(FEWEST_TOKENS, tokens)
  const laned = sizes
    .filter((trunk) => trunk >= prompt)
    .flatMap((trunk) =>
      sizes.flatMap((lane) =>
        buckets(2, branches).map((count) => {
          const layout = { tokens: trunk + count * lane, lanes: { count, tokens: lane } }
          return { layout, cost: cost(layout) }
        }),
      ),
    )
    .filter(({ layout }) => layout.tokens >= longest(rows) && layout.tokens <= most)
    .filter((one) => one.cost <= (1 - LEAST_SAVED) * cost(plain))
    .sort((a, b) => a.cost - b.cost)
  const holds = (layout: RowLayout) =>
    rows.every((row) => branchPlaces(layout, row.prompt, row.branches) !== null)
  return laned.find(({ layout }) => holds(layout))?.layout ?? plain
}

/** Of a row, in pairs of tokens. */
function cost(layout: RowLayout): number {
  return layout.tokens * TOKEN_PAIRS + scorePairs(layout)
}
