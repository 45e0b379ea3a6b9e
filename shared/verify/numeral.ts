/** An exact fraction, `top / bottom`, with `bottom` above 0. */
export type Rational = { top: bigint; bottom: bigint }

/** A number as it is written, and the parts of it. */
export type Numeral = { text: string; percent: boolean; parts: Parts }

type Parts = { [name: string]: string | undefined }

/** Longest numeral read, and largest exponent: a longer one is no answer but an attempt to be slow. */
const MAX_LENGTH = 200
const MAX_EXPONENT = 400

const DIGITS = String.raw`(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+`
const EXPONENT = String.raw`[eE][+-]?\d+(?![\d.])|\s?(?:×|\\times|\\cdot|\*)\s?10(?:\^|\*\*)\{?[+-]?\d+\}?`
const NUMERAL = new RegExp(
  [
    String.raw`(?<sign>(?<![\w)\]}])[+-])?(?:[$€£¥]\s?(?<inner>-)?)?`,
    String.raw`(?:(?<whole>\d+) ?(?=\\[dt]?frac\{\d|(?<= )\d+\/\d))?`,
    String.raw`(?:\\[dt]?frac\{(?<top>-?(?:${DIGITS}))\}\{(?<bottom>${DIGITS})\}`,
    String.raw`|(?<digits>${DIGITS})(?:(?<exponent>${EXPONENT})|\s?\/\s?(?<divisor>\d+(?:\.\d+)?)(?![\d/]))?)`,
    String.raw`(?<percent>\s?\\?%)?`,
  ].join(''),
  'g',
)

/**
 * Every number in the text, in order: signs, thousands separators (1,234), decimals, currency signs, percent,
 * fractions (3/4, 1 3/4, \frac{3}{4}) and scientific notation (1.5e3, 1.5 × 10^3).
 * A minus behind a word or a bracket is subtraction, not a sign. A comma is never a decimal point.
 */
export function findNumerals(text: string): Numeral[] {
  return Array.from(plain(text).matchAll(NUMERAL), ({ 0: match, groups = {} }) => ({
    text: match.trim(),
    percent: groups.percent !== undefined,
    parts: groups,
  }))
}

/** LaTeX and typography that mean nothing to a number, put away. */
function plain(text: string): string {
  return text
    .replace(/[\u2212\u2013]/g, '-')
    .replace(/\{,\}/g, ',')
    .replace(/(?<=\d)(?:\\[,!]|[\u00a0\u2009\u202f])(?=\d)/g, '')
    .replace(/\\\$/g, '$')
}

/** The exact value, the percent sign aside; null for a division by zero and for numbers beyond all reason. */
export function toRational({ text, parts }: Numeral): Rational | null {
  const { sign, inner, top, bottom, whole, digits, exponent, divisor } = parts
  if (text.length > MAX_LENGTH) return null
  let value: Rational | null
  if (top !== undefined && bottom !== undefined) value = divide(decimal(top), decimal(bottom))
  else if (digits === undefined) value = null
  else if (divisor !== undefined) value = divide(decimal(digits), decimal(divisor))
  else value = scale(decimal(digits), exponent)
  if (value === null) return null
  if (whole !== undefined) value = { ...value, top: value.top + BigInt(whole) * value.bottom }
  return sign === '-' || inner === '-' ? { ...value, top: -value.top } : value
}

/** A number of JavaScript's as the fraction that its writing says: 0.1 is 1/10. */
export function exactly(value: number): Rational {
  const [numeral] = findNumerals(String(value))
  return (numeral && toRational(numeral)) ?? { top: 0n, bottom: 1n }
}

function decimal(text: string): Rational {
  const [whole = '', fraction = ''] = text.replaceAll(',', '').split('.')
  return { top: BigInt(whole + fraction), bottom: 10n ** BigInt(fraction.length) }
}

function divide(a: Rational, b: Rational): Rational | null {
  return b.top === 0n ? null : { top: a.top * b.bottom, bottom: a.bottom * b.top }
}

function scale(value: Rational, exponent: string | undefined): Rational | null {
  const power = Number(/[+-]?\d+(?=\}?$)/.exec(exponent ?? '0')?.[0])
  if (Math.abs(power) > MAX_EXPONENT) return null
  const factor = 10n ** BigInt(Math.abs(power))
  return power < 0 ? { ...value, bottom: value.bottom * factor } : { ...value, top: value.top * factor }
}

/** `|a - b| <= max(absolute, relative * |b|)`, exactly. */
export function isClose(a: Rational, b: Rational, absolute: Rational, relative: Rational): boolean {
  const distance = { top: magnitude(a.top * b.bottom - b.top * a.bottom), bottom: a.bottom * b.bottom }
  const share = { top: relative.top * magnitude(b.top), bottom: relative.bottom * b.bottom }
  return isAtMost(distance, absolute) || isAtMost(distance, share)
}

const magnitude = (value: bigint) => (value < 0n ? -value : value)
const isAtMost = (a: Rational, b: Rational) => a.top * b.bottom <= b.top * a.bottom
