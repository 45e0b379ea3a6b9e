import { scaled } from '../../calibration/temperature.ts'
import type { ErrorData } from '../../protocol/error.ts'
import type { OrderPolicy, OrderResult, PairJudgment, PairProtocol } from '../../protocol/judgment.ts'
import { meanOrNull } from '../../statistics/moments.ts'
import type { PairEvidence } from '../evidence.ts'
import { MAX_VERDICT } from './aggregate.ts'
import { confidenceOf } from './confidence.ts'
import { ORDER_POLICIES, winnerOf } from './orders.ts'
import { scoreOrder } from './score-order.ts'
import { decide } from './verifiers.ts'
import type { View } from './view.ts'

type Settled = Pick<
  PairJudgment,
  'winner' | 'score' | 'confidence' | 'calibrated' | 'decided_by' | 'orders' | 'vote_share' | 'error'
>

/**
 * The outcome of a pair's evidence in the caller's view: what decided, for whom, by how much and how surely. Without a
 * winner it has the error that says why.
 */
export function settle(evidence: PairEvidence, view: View, failure: ErrorData | null): Settled {
  const uncalibrated = { calibrated: false }
  if (evidence.identical) {
    return {
      winner: 'tie',
      score: 0,
      confidence: 1,
      ...uncalibrated,
      decided_by: 'policy',
      orders: [],
      vote_share: null,
      error: null,
    }
  }
  const passes = evidence.orders.map((order) => scoreOrder(order, evidence.rubric, view))
  const orders = passes.toSorted(byOrder)
  const vote_share = voteShare(passes, view)
  const told = { orders, vote_share }
  const nothing = { winner: null, score: null, confidence: null, ...uncalibrated, decided_by: null, ...told }
  const decided = decide(evidence.verifiers)
  if (decided !== null) {
    const winner = (decided === 0) === view.swapped ? 'second' : 'first'
    const score = winner === 'first' ? MAX_VERDICT : -MAX_VERDICT
    return { winner, score, confidence: 1, ...uncalibrated, decided_by: 'verifier', ...told, error: null }
  }
  const error = failure ?? whatFailed(evidence.protocol, orders)
  if (error) return { ...nothing, error }
  const scores = decidingScores(orders, view.policy)
  if (scores === null) {
    return { ...nothing, error: { code: 'no_criteria', type: 'service', message: 'No order was judged.' } }
  }
  const { forward, backward } = scores
  const score = (forward - backward) / 2
  const winner = ORDER_POLICIES[view.policy](forward, backward, view.min_score)
  // in the order of the record, so that a swapped call adds the same numbers in the same order
  const raw = confidenceOf(winner, passes, view.min_score)
  const found = {
    score: score === 0 ? 0 : score,
    confidence: view.temperature === undefined ? raw : scaled(raw, view.temperature),
    calibrated: view.temperature !== undefined,
    ...told,
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

/**
 * The error that leaves the pair without a winner, if one does. A vote of rubric-arm that could not be read counts for
 * nobody: where more than half of all votes of its order agree, their majority stands.
 */
function whatFailed(protocol: PairProtocol, orders: OrderResult[]): ErrorData | undefined {
  const failed = orders.filter(
    (pass) => pass.error && !(protocol === 'rubric-arm' && hasMajority(pass, orders)),
  )
  return failed[0]?.error
}

/** Whether more than half of the votes of a pass's order name the same response. */
function hasMajority({ order }: OrderResult, orders: OrderResult[]): boolean {
  const votes = orders.filter((pass) => pass.order === order)
  const naming = (sign: number) => votes.filter(({ score }) => Math.sign(score ?? 0) === sign).length
  return Math.max(naming(1), naming(-1)) > votes.length / 2
}

/** The scores of both orders. Where the policy takes one order alone, the other counts as its mirror image. */
function decidingScores(
  orders: OrderResult[],
  policy: OrderPolicy,
): Record<OrderResult['order'], number> | null {
  const forward = meanScore(orders, 'forward')
  const backward = meanScore(orders, 'backward')
  if (policy === 'forward') return forward === null ? null : { forward, backward: -forward }
  if (policy === 'backward') return backward === null ? null : { forward: -backward, backward }
  return forward === null || backward === null ? null : { forward, backward }
}

function meanScore(orders: OrderResult[], which: OrderResult['order']): number | null {
  return meanOrNull(orders.flatMap(({ order, score }) => (order === which && score !== null ? [score] : [])))
}

/** For each order the share of its votes that name the caller's first response, a tie counting half. */
function voteShare(orders: OrderResult[], { min_score }: View): PairJudgment['vote_share'] {
  const share = (which: OrderResult['order']) =>
    meanOrNull(
      orders.flatMap(({ order, score }) =>
        order === which && score !== null ? [SHARES[winnerOf(turn(score, order), min_score)]] : [],
      ),
    )
  return orders.length === 0 ? null : { forward: share('forward'), backward: share('backward') }
}

const SHARES = { first: 1, tie: 0.5, second: 0 }
const turn = (score: number, order: OrderResult['order']) => (order === 'forward' ? score : -score)
const byOrder = (a: OrderResult, b: OrderResult) => a.vote - b.vote || (a.order < b.order ? 1 : -1)

const abstained = (confidence: number, minimum: number): ErrorData => ({
  code: 'abstained',
  type: 'service',
  message: `The judge is ${confidence.toFixed(3)} sure, which is less than the min_confidence of ${minimum}.`,
})
