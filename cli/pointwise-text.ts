import type { PointwiseJudgment } from '../shared/protocol/judgment.ts'
import type { ClassScores, MetVerdict } from '../shared/protocol/pointwise.ts'
import type { Criterion } from '../shared/protocol/rubric.ts'
import { clean, decimal, footer, type Paint, routeLines, standing } from './judgment-lines.ts'

/** The judgment of a single response as a person reads it, in paragraphs. */
export function pointwiseParts(judgment: PointwiseJudgment, paint: Paint): string[] {
  const { error, score, scoring, rubric, rating, classes, criteria } = judgment
  const headline =
    error === null
      ? paint(['bold', 'green'], `Score: ${decimal(score)}`) + paint('dim', `  ${scoring}`)
      : paint(['bold', 'red'], `No score: ${clean(error.message)}`) + paint('dim', `  ${error.code}`)
  const rated = rating
    ? [`Rating: ${decimal(rating.value)} of 10 ${clean(rating.reason ?? '')}`.trimEnd()]
    : []
  const verdicts = new Map(criteria.map((verdict) => [verdict.id, verdict]))
  return [
    [headline, ...rated, ...routeLines(judgment, paint)].join('\n'),
    classes ? classLines(classes) : '',
    (rubric?.criteria ?? []).flatMap((one) => criterionLines(one, verdicts, paint, '  ')).join('\n'),
    footer(judgment.id, judgment.usage, paint),
  ]
}

function classLines(classes: ClassScores): string {
  const width = Math.max(...Object.keys(classes).map((name) => name.length))
  const lines = Object.entries(classes).map(([name, score]) => `  ${name.padEnd(width)}  ${decimal(score)}`)
  return ['By meta-class', ...lines].join('\n')
}

/** A criterion with its verdict below it, or with the criteria below it. */
function criterionLines(
  criterion: Criterion,
  verdicts: Map<string, MetVerdict>,
  paint: Paint,
  indent: string,
): string[] {
  const title = `${indent}${standing(criterion, paint)} ${paint('bold', clean(criterion.title))}`
  if (criterion.criteria) {
    return [
      title,
      ...criterion.criteria.flatMap((one) => criterionLines(one, verdicts, paint, `${indent}  `)),
    ]
  }
  const verdict = verdicts.get(criterion.id)
  if (!verdict) return [title]
  const words = [verdict.evidence, verdict.reason].flatMap((text) => (text ? [clean(text)] : []))
  return [title, `${indent}    met ${decimal(verdict.met)} ${words.join(' ')}`.trimEnd()]
}
