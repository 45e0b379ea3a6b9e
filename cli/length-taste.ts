import type { Winner } from '../shared/protocol/judgment.ts'
import { correlation } from '../shared/statistics/moments.ts'
import type { Finding } from './finding.ts'

/** A judged pair: who is better by its label, and by how much the judge prefers the first response. */
export type Scored = { responses: [string, string]; label: Winner; score: number }

const BY_LABEL: Record<Winner, number> = { first: 1, tie: 0, second: -1 }

/**
 * Pearson's correlation of the score with the logarithm of how much longer the first response is, in characters. The
 * limit is 0.3, or what the labels themselves have and 0.1 more: where the better responses are the longer ones, a
 * judge that is right likes length. Null of fewer than three pairs, or where one of both never varies.
 */
export function lengthTaste(pairs: readonly Scored[]): Finding {
  const ratios = pairs.map(({ responses: [first, second] }) =>
    Math.log((first.length + 1) / (second.length + 1)),
  )
  const against = (values: number[]) => (pairs.length < 3 ? null : correlation(ratios, values))
  const ofLabels = against(pairs.map(({ label }) => BY_LABEL[label]))
  return {
    name: 'correlation with length',
    value: against(pairs.map(({ score }) => score)),
    unit: 'index',
    of: pairs.length,
    limit: { atMost: Math.max(0.3, (ofLabels ?? 0) + 0.1) },
    note: ofLabels === null ? 'of the labels: none' : `of the labels: ${ofLabels.toFixed(3)}`,
  }
}
