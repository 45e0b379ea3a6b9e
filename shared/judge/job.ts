import type { Mode, PairProtocol, RubricSource } from '../protocol/judgment.ts'
import type { Message } from '../protocol/message.ts'
import type { Scoring } from '../protocol/pointwise.ts'
import type { MetaRubric, Rubric } from '../protocol/rubric.ts'
import type { VerifierSpec } from '../verify/verifiers.ts'

/**
 * One judgment to make: plain data, ready to be hashed, sent to a shard or to a worker. Everything that
 * changes the outcome is in it; what only changes how the outcome is shown is in `View`.
 */
export type PairJob = {
  kind: 'pair'
  protocol: PairProtocol
  prompt: Message[]
  /** In canonical order: by the SHA-256 of the text. */
  responses: [string, string]
  /** A rubric given by the caller; then none is made. */
  rubric: Rubric | null
  meta_rubric: MetaRubric
  /** With `meta_rubric: "auto"`, what the model routes the prompt to; `meta_rubric` is then the general one. */
  among?: MetaRubric[]
  reference: string | null
  constraints: VerifierSpec[]
  votes: number
  mode: Mode
  /** What the rubric is made from, where one is made. */
  rubric_from: RubricSource
  /** In which orders the pair is shown; `forward` shows the canonically first response first. */
  orders: 'both' | 'forward' | 'backward'
  seed: number
}

export type PointwiseJob = {
  kind: 'pointwise'
  prompt: Message[]
  responses: [string]
  rubric: Rubric | null
  meta_rubric: MetaRubric
  /** With `meta_rubric: "auto"`, what the model routes the prompt to; `meta_rubric` is then the general one. */
  among?: MetaRubric[]
  reference: string | null
  scoring: Scoring
  /** Null for what suits the rubric's scheme. */
  criteria_per_call: number | null
  votes: number
  seed: number
}

export type Job = PairJob | PointwiseJob
