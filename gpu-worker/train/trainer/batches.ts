import type { TrainingShape } from '../../nn/training/training-ports.ts'
import type { Part } from './parts.ts'

/** Parts that pass the decoder together, in a graph of a shape. */
export type Batch = { shape: TrainingShape; parts: readonly Part[] }

/** A row this much longer than the shortest of its batch would be padding for the most part. */
const LONGEST_RATIO = 2
const FEWEST_TOKENS = 16

/**
 * Sorts parts into batches of at most `budget` tokens, padding among them, or of one row. Sizes are few, so that graphs
 * return. The same parts in the same order give the same batches.
 */
export function batchesOf(parts: readonly Part[], budget: number): Batch[] {
  const left = parts.toSorted((a, b) => b.tokens - a.tokens)
  const batches: Batch[] = []
  while (left.length > 0) {
    const tokens = bucket(left[0]?.tokens ?? 1, FEWEST_TOKENS)
    const alike = left.findIndex((part) => bucket(part.tokens, FEWEST_TOKENS) * LONGEST_RATIO < tokens)
    const room = Math.max(1, bucketBelow(Math.floor(budget / tokens)))
    const taken = left.splice(0, Math.min(room, alike === -1 ? left.length : alike))
    const targets = taken.reduce((sum, part) => sum + part.targets, 0)
    const rows = Math.min(room, bucket(taken.length, 1))
    batches.push({ shape: { rows, tokens, targets: bucket(targets, FEWEST_TOKENS) }, parts: taken })
  }
  return batches
}

/** The least of 1, 2, 3, 4, 6, 8, 12, 16, 24, ... that is at least a number and `fewest`. */
export function bucket(value: number, fewest: number): number {
  const power = 2 ** Math.ceil(Math.log2(Math.max(value, fewest)))
  const between = (power / 4) * 3
  return Number.isInteger(between) && between >= value && between >= fewest ? between : power
}

/** The greatest of them that is at most a number; 0 below 1. */
function bucketBelow(value: number): number {
  if (value < 1) return 0
  const power = 2 ** Math.floor(Math.log2(value))
  const between = (power / 2) * 3
  return Number.isInteger(between) && between <= value ? between : power
}
