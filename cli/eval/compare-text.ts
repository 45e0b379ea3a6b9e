import type { VariantReport } from './run.ts'

/** The variants beside each other: accuracy with ties half, and tokens a task. */
export function compareVariants(reports: VariantReport[]): string {
  const base = reports[0]?.report.pairs?.accuracy.ties_half.value ?? null
  const rows = reports.map(({ name, about, report: { pairs, per_task } }) => {
    const accuracy = pairs?.accuracy.ties_half.value ?? null
    const change = accuracy === null || base === null ? null : accuracy - base
    const percent = accuracy === null ? 'none' : `${(accuracy * 100).toFixed(1)} %`
    const worth = change === null ? '' : `${change > 0 ? '+' : ''}${(change * 100).toFixed(1)}`
    const tokens = Math.round(per_task.prompt_tokens + per_task.completion_tokens)
    return `${name.padEnd(24)}${percent.padEnd(10)}${worth.padEnd(8)}${String(tokens).padEnd(10)}${about}`
  })
  return [`${'variant'.padEnd(24)}${'accuracy'.padEnd(18)}${'tokens'.padEnd(10)}`, ...rows].join('\n')
}
