import type { Rational } from '../numeral.ts'
import { Unreadable } from './unreadable.ts'

/** What a comma between digits is taken for: 1,234 can be one number or two, and 1,5 one and a half. */
export type CommaMeans = 'thousands' | 'decimal' | 'separator'

export type WrittenNumber = { text: string; value: Rational; places: number | null }

const MAX_DIGITS = 1000
const MAX_EXPONENT = 400

const DECIMAL = String.raw`\d+(?:\.\d+)?|\.\d+`
const FORMS: Record<CommaMeans, RegExp> = {
  thousands: form(String.raw`\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|${DECIMAL}`),
  decimal: form(String.raw`\d{1,3}(?:\.\d{3})+,\d+|\d+,\d+|${DECIMAL}`),
  separator: form(DECIMAL),
}
function form(digits: string) {
  return new RegExp(`(?:${digits})(?:[eE][+-]?\\d+(?![\\d.]))?`, 'y')
}
const REPEATING = /(\d*)\.(\d*)(?:\\(?:overline|bar|dot)\s?\{(\d+)\}|\((\d+)\))/y
const TRAILING = /(\d*)\.(\d+?)(?:\.{3,}|…|\\l?dots)/y
/** Digits that end in one three times over, or in a group of them twice: 1666, 142857142857. */
const PERIOD = /^(\d*?)(?:(\d)\2{2,}|(\d{2,}?)\3+)$/

/**
 * The number that begins at `at`, its value exact: separators, exponents (1.5e3) and repeating decimals
 * (0.\overline{3}, 0.(3), 0.333...) read. Null where none begins. Throws `Unreadable` for one beyond all size.
 */
export function readNumeral(text: string, at: number, comma: CommaMeans): WrittenNumber | null {
  if (!/[\d.]/.test(text[at] ?? '')) return null
  const repeating = matchAt(REPEATING, text, at)
  if (repeating !== null) {
    const [all, whole = '', fixed = '', bar, round] = repeating
    return { text: all, value: repeated(whole, fixed, bar ?? round ?? ''), places: null }
  }
  const trailing = matchAt(TRAILING, text, at)
  const period = trailing && PERIOD.exec((trailing[2] ?? '').slice(0, 60))
  if (trailing && period) {
    const value = repeated(trailing[1] ?? '', period[1] ?? '', period[2] ?? period[3] ?? '')
    return { text: trailing[0], value, places: null }
  }
  const found = matchAt(FORMS[comma], text, at)
  return found === null ? null : { text: found[0], ...worthOf(found[0], comma) }
}

/** The match of a sticky pattern at that place. */
export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function worthOf(written: string, comma: CommaMeans): { value: Rational; places: number | null } {
  const plain =
    comma === 'decimal' && written.includes(',')
      ? written.replaceAll('.', '').replace(',', '.')
      : written.replaceAll(',', '')
  const [mantissa = '', exponent = '0'] = plain.split(/e/i)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const power = Number(exponent) - fraction.length
  if (plain.length > MAX_DIGITS || Math.abs(power) > MAX_EXPONENT + MAX_DIGITS) throw new Unreadable()
  const digits = BigInt(whole + fraction)
  const places = mantissa.includes('.') ? Math.max(0, -power) : null
  return {
    value:
      power < 0
        ? { top: digits, bottom: 10n ** BigInt(-power) }
        : { top: digits * 10n ** BigInt(power), bottom: 1n },
    places,
  }
}

/** whole.fixed(period): for example 0.1(6) is (16 - 1) / 90. */
function repeated(whole: string, fixed: string, period: string): Rational {
  if (whole.length + fixed.length + period.length > MAX_DIGITS) throw new Unreadable()
  const bottom = 10n ** BigInt(fixed.length) * (10n ** BigInt(period.length) - 1n)
  return { top: BigInt(whole + fixed + period) - BigInt(whole + fixed || '0'), bottom }
}
