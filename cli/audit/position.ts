import { createHash } from 'node:crypto'
import type { PairJudgment } from '../../shared/protocol/judgment.ts'
import { byLabel, type Judged, type Section, shareOf } from './audit.ts'

/** What an order shows first: the caller's first response, its second, or one of them by a hash. */
const ARRANGEMENTS: Record<string, (one: Judged) => 'forward' | 'backward'> = {
  fixed: () => 'forward',
  flipped: () => 'backward',
  mixed: ({ pair }: Judged) =>
    (createHash('sha256').update(pair.id).digest()[0] ?? 0) % 2 === 0 ? 'forward' : 'backward',
}

/**
 * Position bias as Rubric-ARM audits it (its Table 13, systems.md 1.7): the accuracy of single orders, all as the
 * file has them, all flipped, and mixed; the bias is the largest less the smallest. No order is judged for it, since
 * each judgment holds both.
 */
export const position: Section = {
  name: 'position',
  async run({ judged }) {
    const labelled = judged.filter(({ pair, answer }) => byLabel(pair) !== null && hasOrders(answer.judgment))
    const findings = Object.entries(ARRANGEMENTS).map(([name, arrange]) => {
      const right = labelled.filter((one) => isRight(one, arrange(one))).length
      return shareOf(`right in one order, ${name}`, right, labelled.length)
    })
    const accuracies = findings.flatMap(({ value }) => value ?? [])
    const passes = labelled.flatMap(({ answer }) => answer.judgment?.orders ?? [])
    const first = passes.filter(({ score }) => score !== null && score > 0).length
    const decided = passes.filter(({ score }) => score !== null && score !== 0).length
    return {
      findings: [
        {
          name: 'position bias, largest less smallest',
          value: accuracies.length === 0 ? null : Math.max(...accuracies) - Math.min(...accuracies),
          unit: 'share',
          of: labelled.length,
          limit: { atMost: 0.05 },
        },
        ...findings,
        shareOf('the response shown first wins', first, decided),
      ],
    }
  },
}

const hasOrders = (judgment: PairJudgment | null): judgment is PairJudgment =>
  judgment?.orders.every(({ score }) => score !== null) === true && judgment.orders.length > 0

/** Whether an order alone says what the label says; a tie of its own is wrong. */
function isRight({ pair, answer }: Judged, order: 'forward' | 'backward'): boolean {
  const scores = (answer.judgment?.orders ?? []).flatMap((pass) =>
    pass.order === order && pass.score !== null ? [pass.score] : [],
  )
  const towardsFirst = scores.reduce((sum, score) => sum + score, 0) * (order === 'forward' ? 1 : -1)
  return pair.label === 'first' ? towardsFirst > 0 : towardsFirst < 0
}
