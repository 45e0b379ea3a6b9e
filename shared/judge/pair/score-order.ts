import type { ErrorData } from '../../protocol/error.ts'
import type { OrderResult } from '../../protocol/judgment.ts'
import type { Rubric } from '../../protocol/rubric.ts'
import { standingOf } from '../../rubric/standing.ts'
import { flatOf } from '../../rubric/tree.ts'
import type { OrderVerdicts } from '../evidence.ts'
import { aggregateCompat, aggregateHardened, readLine, type StandingVerdict } from './aggregate.ts'
import { turned, type View } from './view.ts'

/**
 * The score of one pass as its order shows the pair, positive for the response shown first: an opinion's verdict, or
 * the criteria's verdicts aggregated as the view's policy says. What can't be scored has the error that says why.
 */
export function scoreOrder(order: OrderVerdicts, shared: Rubric | null, view: View): OrderResult {
  const shown = { ...order, order: view.swapped ? turned(order.order) : order.order }
  if (order.error) return { ...shown, score: null }
  if (order.opinion) return { ...shown, score: order.opinion.verdict }
  const held = flatOf((order.rubric ?? shared)?.criteria ?? [])
  const criteria = new Map(held.map((criterion) => [criterion.id, criterion]))
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

const chosenBy = (verdict: number) => (verdict > 0 ? 'A' : verdict < 0 ? 'B' : 'S')

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
