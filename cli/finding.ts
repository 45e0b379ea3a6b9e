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

/** A finding as a line that a person reads. */
export function renderFinding(finding: Finding): string {
  const { name, value, of, limit, note } = finding
  const kept = keepsLimit(finding)
  const mark = kept === null ? ' ' : kept ? '+' : '!'
  const shown = value === null ? 'not measured' : `${number(value, finding)} of ${of}`
  const bound =
    limit === undefined
      ? ''
      : 'atMost' in limit
        ? `  at most ${number(limit.atMost, finding)}`
        : `  at least ${number(limit.atLeast, finding)}`
  return `${mark} ${name.padEnd(44)}${shown}${bound}${note === undefined ? '' : `  (${note})`}`
}

function number(value: number, { unit }: Finding): string {
  if (unit === 'share') return `${(value * 100).toFixed(1)} %`
  return unit === 'index' || !Number.isInteger(value) ? value.toFixed(3) : String(value)
}
