/** The value below which this share of the values lies (nearest rank); NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** One measured figure and, where there is one, what was measured beside it in the same run. */
export type Figure = { name: string; value: number; unit: string; against?: string; ratio?: number }

/** Prints a figure as a line of JSON, to four digits. */
export function report(figure: Figure): void {
  const { name, value, unit, against = null, ratio = null } = figure
  const digits = (number: number | null) => (number === null ? null : Number(number.toPrecision(4)))
  console.log(JSON.stringify({ name, value: digits(value), unit, against, ratio: digits(ratio) }))
}
