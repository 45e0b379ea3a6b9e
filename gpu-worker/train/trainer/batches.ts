import type { TrainingShape } from '../../nn/training/training-ports.ts'
import { bucket, bucketBelow } from './buckets.ts'
import { type Part, rowLengths } from './parts.ts'
import { plainTokens, rowLayout } from './row-layout.ts'

/** Parts that pass the decoder together, in a graph of a shape. */
export type Batch = { shape: TrainingShape; parts: readonly Part[] }

/** A row this much longer than the shortest of its batch would be padding for the most part. */
const LONGEST_RATIO = 2
const FEWEST_TARGETS = 16

/**
 * Sorts parts into batches of at most `budget` tokens, padding among them, or of one row. Sizes are few, so that graphs
 * return. The same parts in the same order give the same batches.
 */
export function batchesOf(parts: readonly Part[], budget: number): Batch[] {
  const left = parts.toSorted((a, b) => b.tokens - a.tokens)
  const batches: Batch[] = []
  while (left.length > 0) {
    const tokens = plainTokens(left.slice(0, 1).map(rowLengths))
    const alike = left.findIndex((part) => plainTokens([rowLengths(part)]) * LONGEST_RATIO < tokens)
    const room = Math.max(1, bucketBelow(Math.floor(budget / tokens)))
    const taken = left.splice(0, Math.min(room, alike === -1 ? left.length : alike))
    const rows = Math.min(room, bucket(taken.length, 1))
    const layout = rowLayout(taken.map(rowLengths), Math.max(tokens, Math.floor(budget / rows)))
    const targets = taken.reduce((sum, part) => sum + part.targets, 0)
    batches.push({ shape: { rows, ...layout, targets: bucket(targets, FEWEST_TARGETS) }, parts: taken })
  }
  return batches
}
