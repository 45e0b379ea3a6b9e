import type { ErrorData } from '../protocol/error.ts'
import type { CriterionVerdict, OrderResult, PairProtocol, Route } from '../protocol/judgment.ts'
import type { MetVerdict, Rating, Scoring } from '../protocol/pointwise.ts'
import type { Rubric } from '../protocol/rubric.ts'
import type { VerifierResult } from '../protocol/verify.ts'

/** What a judgment spent. The price is applied when it is shown. */
export type Spent = {
  judge_calls: number
  prompt_tokens: number
  completion_tokens: number
  cached_tokens: number
}

export const NOTHING_SPENT: Spent = {
  judge_calls: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  cached_tokens: 0,
}

/** A failure with what the desk needs to know of it: transient ones are never remembered. */
export type Failure = ErrorData & { transient: boolean }

/** One order's verdicts before any aggregation: what `OrderResult` is without its score. */
export type OrderVerdicts = Omit<OrderResult, 'score' | 'criteria'> & { criteria: CriterionVerdict[] }

/**
 * What a pair's judgment found, before any policy: everything that cost a model call, in canonical order
 * (`forward` shows the canonically first response first). `orders`, aggregation and the caller's order are
 * views of it and need no new call.
 */
export type PairEvidence = {
  kind: 'pair'
  protocol: PairProtocol
  /** True when the two responses are the same text: a tie without a model call. */
  identical: boolean
  rubric: Rubric | null
  /** Where the prompt was routed to, if the meta-rubric was asked for as "auto". */
  route?: Route
  orders: OrderVerdicts[]
  verifiers: VerifierResult[]
  spent: Spent
  failure: Failure | null
}

/** What a single response's judgment found. */
export type PointwiseEvidence = {
  kind: 'pointwise'
  scoring: Scoring
  rubric: Rubric | null
  /** Where the prompt was routed to, if the meta-rubric was asked for as "auto". */
  route?: Route
  /** Empty with scoring implicit. */
  criteria: MetVerdict[]
  /** Of scoring implicit alone. */
  rating: Rating | null
  spent: Spent
  failure: Failure | null
}

export type Evidence = PairEvidence | PointwiseEvidence
