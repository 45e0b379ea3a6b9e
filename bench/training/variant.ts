import type { DecoderConfig } from '../../gpu-worker/nn/decoder-config.ts'
import type { Recompute } from '../../shared/protocol/training/training.ts'

/** A training step to measure: rows that each have a prompt and branches of a length, all of whose tokens count. */
export type Variant = {
  rows: number
  prompt: number
  branches: number
  branch: number
  /** Of the shortest branch, where they differ: their lengths rise in even steps to `branch`. */
  shortest?: number
  rank: number
  recompute: Recompute
  loss: 'supervised' | 'policy'
  threads: number
}

/** The aim's: 4 x 256 tokens, of which the last 128 count, with an adapter of rank 16. */
export const STEP: Variant = {
  ...{ rows: 4, prompt: 128, branches: 1, branch: 128, rank: 16 },
  ...{ recompute: 'light', loss: 'supervised', threads: 2 },
}

/** Tokens of each branch of a row. */
export function branchLengths({ branches, branch, shortest = branch }: Variant): number[] {
  const step = branches > 1 ? (branch - shortest) / (branches - 1) : 0
  return Array.from({ length: branches }, (_, i) => Math.round(branch - i * step))
}

/** Tokens of a row. */
export function rowTokens(variant: Variant): number {
  return branchLengths(variant).reduce((sum, length) => sum + length, variant.prompt)
}

/** What PyTorch's process is told beside: the model's sizes, and which tokens pass the head. */
export type StepsOrder = Variant & { model: DecoderConfig; logits: 'counted' | 'all' }

/** A line of what it answers, when it is ready and after each step. */
export type StepsAnswer = {
  /** Of the step; of making the graph and the session when it is ready. */
  seconds: number
  /** The most memory that the process ever had. */
  peakBytes: number
}
