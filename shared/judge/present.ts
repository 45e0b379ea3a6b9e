import { judgmentId } from '../identity/id.ts'
import type { ErrorData } from '../protocol/error.ts'
import type { Judgment, JudgmentEvent, Usage } from '../protocol/judgment.ts'
import type { ModelEntry } from '../protocol/model-entry.ts'
import type { VerifierResult } from '../protocol/verify.ts'
import { type Failure, NOTHING_SPENT, type Spent } from './evidence.ts'
import type { Filed } from './filed.ts'
import { settle } from './pair/settle.ts'
import { turned, type View } from './pair/view.ts'
import { presentResponse } from './pointwise/present-response.ts'

const CALLERS_VIEW: View = { swapped: false, policy: 'strict', min_score: 0, min_confidence: 0 }

/**
 * Shows filed evidence as the answer that a caller reads: aggregates each order's verdicts, applies the order
 * policy and turns the pair round to the caller's order. Pure, and needs no model: any policy over the same
 * evidence costs nothing.
 */
export function present(
  filed: Filed,
  view: View | null,
  cache: Usage['cache'],
  { price }: Pick<ModelEntry, 'price'> = {},
): Judgment {
  const { evidence, created, model } = filed
  const usage = showUsage(evidence.spent, cache, price)
  const failure = evidence.failure === null ? null : showFailure(evidence.failure)
  // in the order in which a person reads it: the outcome first, then what it rests on
  if (evidence.kind === 'pointwise') {
    return presentResponse(filed, evidence, usage, failure)
  }
  const seen = view ?? CALLERS_VIEW
  const { orders, ...outcome } = settle(evidence, seen, failure)
  return {
    id: judgmentId(filed.id, seen),
    object: 'judgment',
    created,
    protocol: evidence.protocol,
    model,
    winner: outcome.winner,
    score: outcome.score,
    confidence: outcome.confidence,
    calibrated: outcome.calibrated,
    decided_by: outcome.decided_by,
    order_policy: seen.policy,
    min_score: seen.min_score,
    rubric: evidence.rubric,
    ...(evidence.route && { route: evidence.route }),
    orders,
    vote_share: outcome.vote_share,
    verifiers: evidence.verifiers.map((result) => turnVerifier(result, seen)).sort(byResponse),
    usage,
    error: outcome.error,
  }
}

/** An event of a judgment under way, turned round to the caller's order as `present` turns the answer. */
export function presentEvent<E extends Exclude<JudgmentEvent, { event: 'result' | 'error' }>>(
  event: E,
  view: View | null,
): E {
  if (!view?.swapped) return event
  if (event.event === 'verifier') return { ...event, data: turnVerifier(event.data, view) }
  if (event.event === 'verdict' && event.data.order !== null) {
    return { ...event, data: { ...event.data, order: turned(event.data.order) } }
  }
  if (event.event === 'opinion') return { ...event, data: { ...event.data, order: turned(event.data.order) } }
  return event
}

function showUsage(spent: Spent, cache: Usage['cache'], price: ModelEntry['price']): Usage {
  const paid = cache === 'hit' ? NOTHING_SPENT : spent
  const cost = price
    ? (paid.prompt_tokens * price.prompt + paid.completion_tokens * price.completion) / 1_000_000
    : null
  return { ...paid, cache, cost }
}

const showFailure = ({ transient: _, ...error }: Failure): ErrorData => error
const byResponse = (a: VerifierResult, b: VerifierResult) => (a.response ?? 0) - (b.response ?? 0)

function turnVerifier(result: VerifierResult, view: View): VerifierResult {
  return view.swapped && result.response !== undefined ? { ...result, response: 1 - result.response } : result
}
