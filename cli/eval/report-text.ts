import { renderFindings } from '../finding.ts'
import type { Accuracy, Share } from './accuracy.ts'
import type { PairReport } from './pair-report.ts'
import type { Report } from './report.ts'

/** The report as a person reads it, without the line on its safety. */
export function renderReport(report: Report): string {
  const { per_task, official, pairs, assisted } = report
  const nulls = Object.entries(report.nulls).map(([code, n]) => `${n} ${code}`)
  return [
    `${report.file}: ${report.n} ${pairs === null ? 'tasks' : 'pairs'}${report.layout === 'pairs' ? '' : `, ${report.layout}`}`,
    ...(assisted > 0 ? [`ground truth assisted: ${assisted} judged with the true answer in sight`] : []),
    ...(official.length > 0 ? ['', `${report.layout}'s own scoring`, ...renderFindings(official)] : []),
    '',
    ...(pairs === null ? [] : renderPairs(pairs)),
    `nulls                     ${nulls.length === 0 ? 0 : nulls.join(', ')}`,
    `a task takes              ${number(per_task.judge_calls)} judge calls, ${number(per_task.prompt_tokens)} prompt tokens (${number(per_task.cached_tokens)} cached), ${number(per_task.completion_tokens)} completion tokens, ${number(per_task.ms / 1000)} s`,
    `answered from the record  ${report.cache_hits}`,
    `wall time of this run     ${number(report.wall_seconds)} s`,
  ].join('\n')
}

function renderPairs(pairs: PairReport): string[] {
  const { accuracy, longer_wins: longer, order_inconsistency: orders, adaptivity } = pairs
  const row = (name: string, of: (accuracy: Accuracy) => Share) =>
    `${name.padEnd(26)}${percent(of(accuracy)).padEnd(20)}${percent(of(longer))}`
  return [
    `${'accuracy'.padEnd(26)}${'judge'.padEnd(20)}longer wins`,
    row("  OpenRS's: ties left out", (of) => of.ties_excluded),
    row('  ties, nulls wrong', (of) => of.ties_wrong),
    row('  ties, nulls half', (of) => of.ties_half),
    `${'  JudgeBench, both orders'.padEnd(26)}${percent(pairs.judgebench)}`,
    '',
    `ties                      ${pairs.ties}`,
    `orders favour different   ${percent(orders.opposite)} (differ at all: ${percent(orders.differ)})`,
    `vetoes                    ${pairs.vetoes}`,
    ...(adaptivity === null
      ? []
      : [`not the usual clauses     ${percent(adaptivity.unusual)}, different sets: ${adaptivity.sets}`]),
  ]
}

/** A share as a percentage with its counts. */
export function percent({ count, of, value }: Share): string {
  return value === null ? 'none' : `${(value * 100).toFixed(1)} % (${count}/${of})`
}

const number = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(1))
