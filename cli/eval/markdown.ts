import { type Finding, keepsLimit, showLimit, showValue } from '../finding.ts'
import { percent } from './report-text.ts'
import type { VariantReport } from './run.ts'
import { safetyLine } from './safety.ts'

/** The reports as a page of Markdown, a section a variant. */
export function renderMarkdown(reports: VariantReport[]): string {
  return `${reports.map(section).join('\n\n')}\n`
}

function section({ name, about, report }: VariantReport): string {
  const { pairs, official, safety, assisted } = report
  const accuracy =
    pairs &&
    ([
      [
        'ties left out, as OpenRS publishes it',
        pairs.accuracy.ties_excluded,
        pairs.longer_wins.ties_excluded,
      ],
      ['ties and nulls wrong', pairs.accuracy.ties_wrong, pairs.longer_wins.ties_wrong],
      ['ties and nulls half', pairs.accuracy.ties_half, pairs.longer_wins.ties_half],
    ] as const)
  return [
    `## ${report.file}: ${name}`,
    '',
    `${report.n} tasks in the layout of ${report.layout}; ${about}.${assisted > 0 ? ` Ground truth assisted: ${assisted} pairs.` : ''}`,
    ...(official.length > 0 ? ['', `Scored as ${report.layout} does:`, '', ...findings(official)] : []),
    ...(accuracy
      ? [
          '',
          '| accuracy | judge | longer wins |',
          '|---|---|---|',
          ...accuracy.map(([of, judge, longer]) => `| ${of} | ${percent(judge)} | ${percent(longer)} |`),
        ]
      : []),
    '',
    ...findings(safety.findings),
    '',
    `${safetyLine(safety)}.`,
  ].join('\n')
}

function findings(all: Finding[]): string[] {
  const rows = all.map((finding) => {
    const kept = keepsLimit(finding)
    const mark = kept === null ? '' : kept ? 'kept' : 'broken'
    return `| ${finding.name} | ${showValue(finding)} | ${finding.of} | ${showLimit(finding)} | ${mark} |`
  })
  return ['| figure | value | of | limit | |', '|---|---|---|---|---|', ...rows]
}
