import type { PairJudgment } from '../../shared/protocol/judgment.ts'
import { countOf } from '../eval/pair-report.ts'
import { isVetoed } from '../eval/result.ts'
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

const hasVeto = ({ orders, rubric }: PairJudgment) =>
  orders.some((order) => isVetoed(order.rubric ?? rubric, order))
