import { scaled } from '../calibration/temperature.ts'
import { judgmentId } from '../identity/id.ts'
import type { ErrorData } from '../protocol/error.ts'
import type { Judgment, JudgmentEvent, OrderResult, PairJudgment, Usage } from '../protocol/judgment.ts'
import type { ModelEntry, ModelTerms } from '../protocol/model-entry.ts'
import type { Rubric } from '../protocol/rubric.ts'
import type { VerifierResult } from '../protocol/verify.ts'
import { standingOf } from '../rubric/standing.ts'
import {
  aggregateCompat,
  aggregateHardened,
  aggregateMet,
  MAX_VERDICT,
  readLine,
  type StandingVerdict,
} from './aggregate.ts'
import { confidenceOf } from './confidence.ts'
import { type Failure, NOTHING_SPENT, type OrderVerdicts, type PairEvidence, type Spent } from './evidence.ts'
import type { Filed } from './filed.ts'
import { ORDER_POLICIES, winnerOf } from './orders.ts'
import { decide } from './verifiers.ts'
import type { View } from './view.ts'

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
  { price, calibration }: ModelTerms = {},
): Judgment {
  const { evidence, created, model } = filed
  const usage = showUsage(evidence.spent, cache, price)
  const failure = evidence.failure === null ? null : showFailure(evidence.failure)
  // in the order in which a person reads it: the outcome first, then what it rests on
  if (evidence.kind === 'pointwise') {
    const { rubric, criteria } = evidence
    const { score, error } =
      failure === null ? aggregateMet(rubric?.criteria ?? [], criteria) : { score: null, error: failure }
    const head = { id: filed.id, object: 'judgment', created, protocol: 'pointwise', model, score } as const
    return { ...head, rubric, ...(evidence.route && { route: evidence.route }), criteria, usage, error }
  }
  const seen = view ?? CALLERS_VIEW
  const { orders, ...outcome } = settle(evidence, seen, failure, calibration)
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
  return event
}

type Settled = Pick<
  PairJudgment,
  'winner' | 'score' | 'confidence' | 'calibrated' | 'decided_by' | 'orders' | 'error'
>

function settle(
  evidence: PairEvidence,
  view: View,
  failure: ErrorData | null,
  calibration: ModelTerms['calibration'],
): Settled {
  const uncalibrated = { calibrated: false }
  if (evidence.identical) {
    return {
      winner: 'tie',
      score: 0,
      confidence: 1,
      ...uncalibrated,
      decided_by: 'policy',
      orders: [],
      error: null,
    }
  }
  const passes = evidence.orders.map((order) => scoreOrder(order, evidence.rubric, view))
  const orders = passes.toSorted(byOrder)
  const nothing = { winner: null, score: null, confidence: null, ...uncalibrated, decided_by: null, orders }
  const decided = decide(evidence.verifiers)
  if (decided !== null) {
    const winner = (decided === 0) === view.swapped ? 'second' : 'first'
    const score = winner === 'first' ? MAX_VERDICT : -MAX_VERDICT
    return { winner, score, confidence: 1, ...uncalibrated, decided_by: 'verifier', orders, error: null }
  }
  const error = failure ?? orders.find((order) => order.error)?.error
  if (error) return { ...nothing, error }
  const forward = meanScore(orders, 'forward')
  const backward = meanScore(orders, 'backward')
  if (forward === null || backward === null) {
    return { ...nothing, error: { code: 'no_criteria', type: 'service', message: 'No order was judged.' } }
  }
  const score = (forward - backward) / 2
  const winner = ORDER_POLICIES[view.policy](forward, backward, view.min_score)
  // in the order of the record, so that a swapped call adds the same numbers in the same order
  const raw = confidenceOf(winner, passes, view.min_score)
  const found = {
    score: score === 0 ? 0 : score,
    confidence: calibration ? scaled(raw, calibration.temperature) : raw,
    calibrated: calibration !== undefined,
    orders,
  }
  if (found.confidence < view.min_confidence) {
    return {
      ...found,
      winner: null,
      decided_by: null,
      error: abstained(found.confidence, view.min_confidence),
    }
  }
  const decided_by = winner === winnerOf(score, view.min_score) ? 'rubric' : 'policy'
  return { ...found, winner, decided_by, error: null }
}

function scoreOrder(order: OrderVerdicts, shared: Rubric | null, view: View): OrderResult {
  const shown = { ...order, order: view.swapped ? turned(order.order) : order.order }
  if (order.error) return { ...shown, score: null }
  const criteria = new Map((order.rubric ?? shared)?.criteria.map((criterion) => [criterion.id, criterion]))
  if (view.policy === 'compat') {
    const lines = order.criteria.map(
      (item) =>
        item.stated ?? {
          type: criteria.get(item.id)?.level ?? 'important',
          chosen: chosenBy(item.verdict),
          score: item.verdict,
        },
    )
    return { ...shown, score: aggregateCompat(lines, view.min_score) }
  }
  const verdicts: StandingVerdict[] = []
  for (const item of order.criteria) {
    const criterion = criteria.get(item.id)
    if (!criterion) return { ...shown, score: null, error: unknownCriterion(item.id) }
    if (verdicts.some(({ id }) => id === item.id)) {
      return { ...shown, score: null, error: secondVerdict(item.id) }
    }
    const read = item.stated
      ? readLine(item.stated, item.id, criterion.level)
      : { id: item.id, standing: standingOf(criterion), verdict: item.verdict }
    if ('code' in read) return { ...shown, score: null, error: read }
    verdicts.push(read)
  }
  const missing = [...criteria.keys()].find((id) => !verdicts.some((verdict) => verdict.id === id))
  if (missing) return { ...shown, score: null, error: noVerdict(missing) }
  const { score, error } = aggregateHardened(verdicts)
  return error === null ? { ...shown, score } : { ...shown, score: null, error }
}

function meanScore(orders: OrderResult[], which: OrderResult['order']): number | null {
  const scores = orders.flatMap(({ order, score }) => (order === which && score !== null ? [score] : []))
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length
}

function showUsage(spent: Spent, cache: Usage['cache'], price: ModelEntry['price']): Usage {
  const paid = cache === 'hit' ? NOTHING_SPENT : spent
  const cost = price
    ? (paid.prompt_tokens * price.prompt + paid.completion_tokens * price.completion) / 1_000_000
    : null
  return { ...paid, cache, cost }
}

const showFailure = ({ transient: _, ...error }: Failure): ErrorData => error
const turned = (order: OrderResult['order']) => (order === 'forward' ? 'backward' : 'forward')
const chosenBy = (verdict: number) => (verdict > 0 ? 'A' : verdict < 0 ? 'B' : 'S')
const byResponse = (a: VerifierResult, b: VerifierResult) => (a.response ?? 0) - (b.response ?? 0)
const byOrder = (a: OrderResult, b: OrderResult) => a.vote - b.vote || (a.order < b.order ? 1 : -1)

function turnVerifier(result: VerifierResult, view: View): VerifierResult {
  return view.swapped && result.response !== undefined ? { ...result, response: 1 - result.response } : result
}

const abstained = (confidence: number, minimum: number): ErrorData => ({
  code: 'abstained',
  type: 'service',
  message: `The judge is ${confidence.toFixed(3)} sure, which is less than the min_confidence of ${minimum}.`,
})
const unknownCriterion = (id: string): ErrorData => ({
  code: 'invalid_item',
  type: 'service',
  message: `The judge gave a verdict for '${id}', which is not a criterion of the rubric.`,
})
const secondVerdict = (id: string): ErrorData => ({
  code: 'invalid_item',
  type: 'service',
  message: `The judge gave two verdicts for criterion '${id}'.`,
})
const noVerdict = (id: string): ErrorData => ({
  code: 'invalid_item',
  type: 'service',
  message: `The judge gave no verdict for criterion '${id}'.`,
})
