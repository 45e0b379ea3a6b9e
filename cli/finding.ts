/** One figure that a report stands on, with the limit beyond which it is a reason not to train on the judge. */
export type Finding = {
  name: string
  /** Null where nothing could be measured; then `note` says why. */
  value: number | null
  /** How the value is read: a share of 1, a plain number, or a correlation or index in [-1, 1]. */
  unit: 'share' | 'number' | 'index'
  /** How many cases it rests on. */
  of: number
  limit?: { atMost: number } | { atLeast: number }
  note?: string
}

/** Whether a finding keeps its limit; null without a limit or a value. */
export function keepsLimit({ value, limit }: Finding): boolean | null {
  if (limit === undefined || value === null) return null
  return 'atMost' in limit ? value <= limit.atMost : value >= limit.atLeast
}

/** The value as a person reads it. */
export function showValue({ value, unit }: Finding): string {
  return value === null ? 'not measured' : showNumber(value, unit)
}

/** The limit as a person reads it, nothing where there is none. */
export function showLimit({ limit, unit }: Finding): string {
  if (limit === undefined) return ''
  return 'atMost' in limit
    ? `at most ${showNumber(limit.atMost, unit)}`
    : `at least ${showNumber(limit.atLeast, unit)}`
}

/** Findings as lines that a person reads, their values below each other. */
export function renderFindings(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ name }) => name.length)) + 2
  return findings.map((finding) => {
    const { name, value, of, note } = finding
    const kept = keepsLimit(finding)
    const mark = kept === null ? ' ' : kept ? '+' : '!'
    const shown = value === null ? showValue(finding) : `${showValue(finding)} of ${of}`
    const bound = showLimit(finding)
    return `${mark} ${name.padEnd(width)}${shown}${bound && `  ${bound}`}${note === undefined ? '' : `  (${note})`}`
  })
}

function showNumber(value: number, unit: Finding['unit']): string {
  if (unit === 'share') return `${(value * 100).toFixed(1)} %`
  return unit === 'index' || !Number.isInteger(value) ? value.toFixed(3) : String(value)
}
