import type { GrammarBuilder } from '../grammar.ts'

const ZERO = 0x30

/** `value * 10^places` as an integer, rounded down or up. The value is read as the shortest decimal that is it. */
export function scaled(value: number, places: number, round: 'down' | 'up'): bigint {
  const [mantissa = '0', exponent = '0'] = value.toExponential().split('e')
  const digits = BigInt(mantissa.replace('.', ''))
  const shift = Number(exponent) - (mantissa.split('.')[1]?.length ?? 0) + places
  if (shift >= 0) return digits * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  const quotient = digits / divisor
  const exact = quotient * divisor === digits
  if (exact) return quotient
  if (round === 'down') return digits < 0n ? quotient - 1n : quotient
  return digits > 0n ? quotient + 1n : quotient
}

/** Reads a decimal between two, both in units of the last of its `places`. */
export function readDecimal(
  builder: GrammarBuilder,
  from: number,
  [low, high]: readonly [bigint, bigint],
  places: number,
  to: number,
): void {
  if (high >= 0n) readPositive(builder, from, low > 0n ? low : 0n, high, places, to)
  if (low >= 0n) return
  const minus = builder.state()
  builder.read(from, 0x2d, 0x2d, minus)
  readPositive(builder, minus, high < 0n ? -high : 1n, -low, places, to)
}

function readPositive(
  builder: GrammarBuilder,
  from: number,
  low: bigint,
  high: bigint,
  places: number,
  to: number,
): void {
  const unit = 10n ** BigInt(places)
  const fraction = (value: bigint) => String(value % unit).padStart(places, '0')
  for (const [start, end] of wholeParts(low, high, unit)) {
    const point = builder.state()
    readWhole(builder, from, start / unit, end / unit, point)
    if (places === 0) builder.jump(point, to)
    else readFraction(builder, point, fraction(start), fraction(end), to)
  }
}

/** Cuts a range into parts in which every whole number has the same fractions. */
function wholeParts(low: bigint, high: bigint, unit: bigint): [bigint, bigint][] {
  if (low > high) return []
  if (low / unit === high / unit) return [[low, high]]
  const first = low % unit === 0n ? low : (low / unit + 1n) * unit
  const last = (high + 1n) % unit === 0n ? high : (high / unit) * unit - 1n
  const parts: [bigint, bigint][] = [
    [low, first - 1n],
    [first, last],
    [last + 1n, high],
  ]
  return parts.filter(([start, end]) => start <= end)
}

/** Reads an integer between two that are not negative, without leading zeros. */
function readWhole(builder: GrammarBuilder, from: number, low: bigint, high: bigint, to: number): void {
  for (let length = String(low).length; length <= String(high).length; length++) {
    const least = length === 1 ? 0n : 10n ** BigInt(length - 1)
    const most = 10n ** BigInt(length) - 1n
    const start = String(low > least ? low : least)
    const end = String(high < most ? high : most)
    readDigits(builder, from, start, end, (state) => builder.jump(state, to))
  }
}

/** Reads nothing, or a point and digits, that stand for a fraction between two of as many digits. */
function readFraction(builder: GrammarBuilder, from: number, low: string, high: string, to: number): void {
  if (/^0*$/.test(low)) builder.jump(from, to)
  const point = builder.state()
  builder.read(from, 0x2e, 0x2e, point)
  readDigits(builder, point, low, high, (state) => builder.jump(state, to), true)
}

/**
 * Reads digits between two rows of as many; `end` gets each state after the last. `short` rows may stop after
 * their first digit where nothing but zeros need follow.
 */
function readDigits(
  builder: GrammarBuilder,
  from: number,
  low: string,
  high: string,
  end: (state: number) => void,
  short = false,
): void {
  const [a, b] = [ZERO + Number(low[0]), ZERO + Number(high[0])]
  const [lowRest, highRest] = [low.slice(1), high.slice(1)]
  const zeros = '0'.repeat(lowRest.length)
  const nines = '9'.repeat(lowRest.length)
  const part = (first: number, last: number, least: string, most: string) => {
    if (first > last) return
    const next = builder.state()
    builder.read(from, first, last, next)
    if (least === '' || (short && least === zeros)) end(next)
    if (least !== '') readDigits(builder, next, least, most, end, short)
  }
  if (a === b) {
    part(a, b, lowRest, highRest)
    return
  }
  const lowWhole = lowRest === zeros
  const highWhole = highRest === nines
  if (!lowWhole) part(a, a, lowRest, nines)
  part(lowWhole ? a : a + 1, highWhole ? b : b - 1, zeros, nines)
  if (!highWhole) part(b, b, zeros, highRest)
}
