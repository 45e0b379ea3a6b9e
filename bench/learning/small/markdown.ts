import type { Estimate, LearningReport } from './report.ts'

/** The report as tables. */
export function learningMarkdown(report: LearningReport): string {
  const {
    seeds,
    accuracies,
    kinds,
    differences,
    longer_wins,
    position_spread,
    generator_groups_with_variance,
  } = report
  const splits = Object.keys(accuracies[0]?.splits ?? {})
  return [
    `Seeds: ${seeds.join(', ')}. Intervals hold 95 % of bootstrap means over seeds and requests.`,
    '',
    `| judge by rubrics, order | judged | accuracy | ${splits.join(' | ')} |`,
    `|---|---|---|${splits.map(() => '---|').join('')}`,
    ...accuracies.map(({ name, judged, all, splits: of }) => {
      const each = splits.map((split) => shown(of[split] ?? null))
      return `| ${name} | ${percent(judged)} | ${shown(all)} | ${each.join(' | ')} |`
    }),
    '',
    ...kindsTable(kinds),
    '| difference, same pairs | points | requests | seeds |',
    '|---|---|---|---|',
    ...differences.map(({ name, estimate }) => {
      return `| ${name} | ${shown(estimate)} | ${estimate?.requests ?? 0} | ${estimate?.seeds ?? 0} |`
    }),
    '',
    `- longer response wins: ${percent(longer_wins)}`,
    `- accuracy over three arrangements, largest less smallest: ${position_spread.map(percent).join(', ')}`,
    `- generator groups with any variance: ${generator_groups_with_variance.map(percent).join(', ')}`,
    '',
  ].join('\n')
}

function kindsTable(kinds: LearningReport['kinds']): string[] {
  const [first] = kinds
  if (!first) return []
  const names = Object.keys(first.accuracies)
  return [
    `| kind | ${names.join(' | ')} |`,
    `|---|${names.map(() => '---|').join('')}`,
    ...kinds.map(
      ({ kind, accuracies }) =>
        `| ${kind} | ${names.map((name) => shown(accuracies[name] ?? null)).join(' | ')} |`,
    ),
    '',
  ]
}

const percent = (share: number | null) =>
  share === null || Number.isNaN(share) ? '-' : (100 * share).toFixed(1)

function shown(estimate: Estimate | null): string {
  if (estimate === null) return '-'
  return `${percent(estimate.mean)} [${percent(estimate.low)}, ${percent(estimate.high)}]`
}
