import type { Accuracy, Share } from './accuracy.ts'
import type { Report } from './report.ts'

/** The report as a person reads it. */
export function renderReport(report: Report): string {
  const { accuracy, longer_wins: longer, order_inconsistency: orders, per_pair, adaptivity } = report
  const row = (name: string, of: (accuracy: Accuracy) => Share) =>
    `${name.padEnd(26)}${percent(of(accuracy)).padEnd(20)}${percent(of(longer))}`
  const nulls = Object.entries(report.nulls).map(([code, n]) => `${n} ${code}`)
  return [
    `${report.file}: ${report.n} pairs`,
    '',
    `${'accuracy'.padEnd(26)}${'judge'.padEnd(20)}longer wins`,
    row('  ties, nulls left out', (of) => of.ties_excluded),
    row('  ties, nulls wrong', (of) => of.ties_wrong),
    row('  ties, nulls half', (of) => of.ties_half),
    `${'  JudgeBench, both orders'.padEnd(26)}${percent(report.judgebench)}`,
    '',
    `ties                      ${report.ties}`,
    `nulls                     ${nulls.length === 0 ? 0 : nulls.join(', ')}`,
    `orders favour different   ${percent(orders.opposite)} (differ at all: ${percent(orders.differ)})`,
    `vetoes                    ${report.vetoes}`,
    ...(adaptivity === null
      ? []
      : [`not the usual clauses     ${percent(adaptivity.unusual)}, ${adaptivity.sets} different sets`]),
    `a pair takes              ${number(per_pair.judge_calls)} judge calls, ${number(per_pair.prompt_tokens)} prompt tokens (${number(per_pair.cached_tokens)} cached), ${number(per_pair.completion_tokens)} completion tokens, ${number(per_pair.ms / 1000)} s`,
    `answered from the record  ${report.cache_hits}`,
    `wall time of this run     ${number(report.wall_seconds)} s`,
  ].join('\n')
}

function percent({ count, of, value }: Share): string {
  return value === null ? 'none' : `${(value * 100).toFixed(1)} % (${count}/${of})`
}

const number = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(1))
