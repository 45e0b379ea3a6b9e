import type { JudgmentEvent } from '../protocol/judgment.ts'
import type { Evidence } from './evidence.ts'

/** What is told of a judgment while it is made. */
export type Finding = Exclude<JudgmentEvent, { event: 'result' | 'error' }>

/** What a judge would have told while it made this evidence: for whoever streams it after the fact. */
export function findingsOf(evidence: Evidence): Finding[] {
  const rubric: Finding[] = evidence.rubric ? [{ event: 'rubric', data: evidence.rubric }] : []
  if (evidence.kind === 'pointwise') {
    const verdicts = evidence.criteria.map(
      (criterion): Finding => ({ event: 'verdict', data: { order: null, vote: 0, criterion } }),
    )
    return [...rubric, ...verdicts]
  }
  const verifiers = evidence.verifiers.map((result): Finding => ({ event: 'verifier', data: result }))
  const orders = evidence.orders.flatMap(({ order, vote, rubric: own, criteria, opinion }): Finding[] => [
    ...(own ? [{ event: 'rubric' as const, data: own }] : []),
    ...criteria.map((criterion): Finding => ({ event: 'verdict', data: { order, vote, criterion } })),
    ...(opinion ? [{ event: 'opinion' as const, data: { order, vote, opinion } }] : []),
  ])
  return [...verifiers, ...rubric, ...orders]
}
