import type { PairJudgment } from '../../shared/protocol/judgment.ts'
import { type Section, shareOf } from './audit.ts'

/** How often there is no answer, no difference, or a veto: what a judge hides when only its accuracy is read. */
export const rates: Section = {
  name: 'rates',
  async run({ judged }) {
    const all = judged.length
    const judgments = judged.flatMap(({ answer }) => (answer.judgment ? [answer.judgment] : []))
    const verdicts = judgments.flatMap(({ orders }) => orders.flatMap(({ criteria }) => criteria))
    const codes = judged.flatMap(({ answer }) =>
      answer.refused ? [answer.refused] : answer.judgment.error ? [answer.judgment.error.code] : [],
    )
    const findings = [
      shareOf('no winner (errors, abstentions)', judged.filter(isNull).length, all, {
        limit: { atMost: 0.01 },
      }),
      shareOf('ties', judgments.filter(({ winner }) => winner === 'tie').length, all, {
        limit: { atMost: 0.3 },
      }),
      shareOf("'Same' verdicts", verdicts.filter(({ verdict }) => verdict === 0).length, verdicts.length),
      shareOf('decided by a veto', judgments.filter(hasVeto).length, all),
      shareOf(
        'decided by a verifier',
        judgments.filter(({ decided_by }) => decided_by === 'verifier').length,
        all,
      ),
    ]
    return { findings, detail: { errors: countOf(codes) } }
  },
}

const isNull = ({ answer }: { answer: { judgment: PairJudgment | null } }) =>
  answer.judgment?.winner === null || answer.judgment === null

/** Fatal verdicts that do not cancel out decide an order (systems.md 3.3). */
function hasVeto({ orders, rubric }: PairJudgment): boolean {
  return orders.some((order) => {
    const criteria = (order.rubric ?? rubric)?.criteria ?? []
    const fatal = new Set(criteria.filter(({ level }) => level === 'fatal').map(({ id }) => id))
    return order.criteria.reduce((sum, { id, verdict }) => (fatal.has(id) ? sum + verdict : sum), 0) !== 0
  })
}

function countOf(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
