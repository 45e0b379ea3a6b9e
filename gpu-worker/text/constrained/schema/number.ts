import type { GrammarBuilder } from '../grammar.ts'
import { readDecimal, scaled } from './decimal.ts'
import type { Plain } from './plain.ts'
import type { Writer, WriteType } from './writer.ts'

/** Decimals of so many digits in all are told apart by double precision, and no fewer are needed. */
const DIGITS = 15
/** Digits before the point where the schema bounds a number on one side only. */
const OPEN_DIGITS = 9

const ZERO = 0x30
const NINE = 0x39

type Bounds = Pick<Plain, 'minimum' | 'maximum' | 'above' | 'below'>

/** Reads an integer of at most 15 digits within the bounds, as its digits alone. */
export const writeInteger: WriteType = (writer, from, plain, to) => {
  writeDecimal(writer, from, plain, DIGITS, 0, to)
}

/**
 * Reads a number within the bounds. With bounds it is written without an exponent and with at most 15 digits in
 * all; without them it has at most 15 digits before and after the point and 2 in the exponent. So it never ends
 * up as another number, as infinity, or endless.
 */
export const writeNumber: WriteType = (writer, from, plain, to) => {
  const ends = [plain.minimum, plain.maximum, plain.above, plain.below].filter(Number.isFinite)
  if (ends.length === 0) return readAnyNumber(writer.builder, from, to)
  const digits = Math.max(...ends.map((end) => String(scaled(Math.abs(end), 0, 'down')).length))
  const open = isClosed(plain) ? digits : Math.max(digits + 1, OPEN_DIGITS)
  const whole = Math.min(open, DIGITS)
  writeDecimal(writer, from, plain, whole, DIGITS - whole, to)
}

/** Reads a decimal of at most `whole` digits before the point and `places` after it. */
function writeDecimal(
  writer: Writer,
  from: number,
  plain: Plain,
  whole: number,
  places: number,
  to: number,
): void {
  const [low, high] = range(plain, whole, places)
  if (low > high) {
    writer.impossible(plain.path, `has bounds between which no number of ${DIGITS} digits lies`)
    return
  }
  readDecimal(writer.builder, from, [low, high], places, to)
}

const isClosed = ({ minimum, maximum, above, below }: Bounds) =>
  Math.max(minimum, above) > Number.NEGATIVE_INFINITY && Math.min(maximum, below) < Number.POSITIVE_INFINITY

/** The least and the greatest number in units of the last place. */
function range({ minimum, maximum, above, below }: Bounds, whole: number, places: number): [bigint, bigint] {
  const limit = 10n ** BigInt(whole + places) - 1n
  const lows = [-limit]
  const highs = [limit]
  if (Number.isFinite(minimum)) lows.push(scaled(minimum, places, 'up'))
  if (Number.isFinite(above)) lows.push(scaled(above, places, 'down') + 1n)
  if (Number.isFinite(maximum)) highs.push(scaled(maximum, places, 'down'))
  if (Number.isFinite(below)) highs.push(scaled(below, places, 'up') - 1n)
  return [lows.reduce(larger), highs.reduce(smaller)]
}

/** Math.max and Math.min take no bigint. */
const larger = (a: bigint, b: bigint): bigint => (b > a ? b : a)
const smaller = (a: bigint, b: bigint): bigint => (b < a ? b : a)

function readAnyNumber(builder: GrammarBuilder, from: number, to: number): void {
  const minus = builder.state()
  const [whole, fraction] = [builder.state(), builder.state()]
  builder.read(from, 0x2d, 0x2d, minus)
  builder.jump(from, minus)
  builder.read(minus, ZERO, ZERO, whole)
  const digits = builder.state()
  builder.read(minus, ZERO + 1, NINE, digits)
  readUpTo(builder, digits, DIGITS - 1, whole)
  builder.jump(whole, fraction)
  const point = builder.state()
  builder.read(whole, 0x2e, 0x2e, point)
  readSome(builder, point, DIGITS, fraction)
  builder.jump(fraction, to)
  const sign = builder.state()
  const exponent = builder.state()
  for (const mark of [0x65, 0x45]) builder.read(fraction, mark, mark, sign)
  for (const mark of [0x2b, 0x2d]) builder.read(sign, mark, mark, exponent)
  builder.jump(sign, exponent)
  readSome(builder, exponent, 2, to)
}

function readSome(builder: GrammarBuilder, from: number, most: number, to: number): void {
  const first = builder.state()
  builder.read(from, ZERO, NINE, first)
  readUpTo(builder, first, most - 1, to)
}

function readUpTo(builder: GrammarBuilder, from: number, most: number, to: number): void {
  builder.jump(from, to)
  if (most <= 0) return
  const next = builder.state()
  builder.read(from, ZERO, NINE, next)
  readUpTo(builder, next, most - 1, to)
}
