import type { Judgment, PairJudgment } from '../shared/protocol/judgment.ts'
import type { Criterion } from '../shared/protocol/rubric.ts'
import type { VerifierResult } from '../shared/protocol/verify.ts'
import { clean, decimal, digits, footer, type Paint, routeLines, signed, standing } from './judgment-lines.ts'
import { pointwiseParts } from './pointwise-text.ts'

/** A judgment as a person reads it on a terminal. */
export function renderJudgment(judgment: Judgment, paint: Paint): string {
  const parts =
    judgment.protocol === 'pointwise' ? pointwiseParts(judgment, paint) : pairParts(judgment, paint)
  return parts.filter((part) => part !== '').join('\n\n')
}

function pairParts(judgment: PairJudgment, paint: Paint): string[] {
  const { winner, score, confidence, decided_by, order_policy, error } = judgment
  const headline =
    error !== null
      ? paint(['bold', 'red'], `No winner: ${clean(error.message)}`) + paint('dim', `  ${error.code}`)
      : `${paint(['bold', 'green'], `Winner: ${winner}`)}  score ${signed(score)}  confidence ${decimal(confidence)}`
  const how = `decided by ${decided_by ?? 'nothing'}, orders ${order_policy}, model ${judgment.model ?? 'none'}`
  const rubrics = judgment.rubric
    ? [renderRubric(judgment.rubric.criteria, judgment, null, paint, judgment.rubric)]
    : judgment.orders.map((order, index) =>
        order.rubric ? renderRubric(order.rubric.criteria, judgment, index, paint, order.rubric) : '',
      )
  return [
    [headline, paint('dim', how), ...routeLines(judgment, paint)].join('\n'),
    judgment.verifiers
      .toSorted((a, b) => (a.response ?? 0) - (b.response ?? 0))
      .map((result) => renderVerifier(result, paint))
      .join('\n'),
    ...rubrics,
    renderOpinions(judgment, paint),
    renderOrders(judgment, paint),
    footer(judgment.id, judgment.usage, paint),
  ]
}

function renderRubric(
  criteria: Criterion[],
  judgment: PairJudgment,
  only: number | null,
  paint: Paint,
  rubric: { id: string; meta_rubric: string | null },
): string {
  const origin = rubric.meta_rubric === null ? '' : ` from ${rubric.meta_rubric}`
  const lines = criteria.map((criterion) => {
    const verdicts = judgment.orders.flatMap(({ order, criteria: judged }, index) => {
      const found = only === null || only === index ? judged.find(({ id }) => id === criterion.id) : undefined
      if (!found) return []
      const words = [
        found.evidence === null ? '' : `"${clean(found.evidence)}"`,
        found.reason === null ? '' : clean(found.reason),
      ]
      return [
        `      ${order.padEnd(8)}  ${favoured(found.verdict, order).padEnd(12)} ${words.join(' ')}`.trimEnd(),
      ]
    })
    return [`  ${standing(criterion, paint)} ${paint('bold', clean(criterion.title))}`, ...verdicts].join(
      '\n',
    )
  })
  return [`Rubric ${rubric.id}${origin}`, ...lines].join('\n')
}

/** What the judge wrote of the pair as a whole, with rubric-arm and direct: one paragraph a pass. */
function renderOpinions({ orders }: PairJudgment, paint: Paint): string {
  const many = orders.some(({ vote }) => vote > 0)
  return orders
    .flatMap(({ order, vote, opinion }) => {
      if (!opinion) return []
      const { gatekeeper, reason, raw } = opinion
      const lines = [
        gatekeeper ? `  gatekeeper: ${clean(gatekeeper)}` : '',
        reason ? `  ${clean(reason)}` : '',
        raw ? `  ${paint('dim', `it wrote: ${clean(raw).slice(0, RAW_SHOWN)}`)}` : '',
      ].filter((line) => line !== '')
      return lines.length === 0 ? [] : [[`${order}${many ? `, vote ${vote + 1}` : ''}`, ...lines].join('\n')]
    })
    .join('\n')
}

/** Characters of an unreadable reply that a screen is given; --json has more of it. */
const RAW_SHOWN = 300

function renderOrders(judgment: PairJudgment, paint: Paint): string {
  return judgment.orders
    .map(({ order, score, error }) =>
      error
        ? `${order.padEnd(8)}  ${paint('red', clean(error.message))}`
        : `${order.padEnd(8)}  ${score === null ? 'no score' : favoured(score, order)}`,
    )
    .join('\n')
}

function renderVerifier(
  { passed, name, expected, received, response, error }: VerifierResult,
  paint: Paint,
): string {
  const mark =
    passed === null ? paint('yellow', 'null') : passed ? paint('green', 'pass') : paint('red', 'fail')
  const subject = response === undefined ? '' : ` on the ${response === 0 ? 'first' : 'second'}`
  const why = error ? clean(error.message) : `expected ${clean(expected)}, received ${clean(received)}`
  return `  ${mark} ${clean(name)}${subject}: ${why}`
}

/** Which of the caller's responses a verdict favours; it is positive for the one that its order shows first. */
function favoured(verdict: number, order: 'forward' | 'backward'): string {
  if (verdict === 0) return 'even'
  return `${verdict > 0 === (order === 'forward') ? 'first' : 'second'} +${digits(Math.abs(verdict))}`
}
