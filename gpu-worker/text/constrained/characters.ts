import type { GrammarBuilder } from './grammar.ts'

/** Code points `low..high`. */
export type Range = readonly [low: number, high: number]

export const LAST_CHARACTER = 0x10ffff

/** Where the length of a UTF-8 sequence changes, and the surrogates, which have none. */
const SEQUENCES: readonly (readonly [low: number, high: number, bytes: number])[] = [
  [0, 0x7f, 1],
  [0x80, 0x7ff, 2],
  [0x800, 0xd7ff, 3],
  [0xe000, 0xffff, 3],
  [0x10000, LAST_CHARACTER, 4],
]

/** Reads one character of the ranges in some way of writing it. */
export type ReadCharacters = (
  builder: GrammarBuilder,
  from: number,
  ranges: readonly Range[],
  to: number,
) => void

/** A class of more ranges than this (letters) becomes a rule, written once however often a pattern has it. */
const MAX_INLINE = 8

/** Reads one character as UTF-8. */
export const readCharacter: ReadCharacters = (builder, from, ranges, to) => {
  const each = (start: number, end: number) => {
    for (const range of ranges) readSequence(builder, start, range, end)
  }
  if (ranges.length <= MAX_INLINE) each(from, to)
  else builder.call(from, builder.rule(`characters ${ranges.join(';')}`, each), to)
}

function readSequence(builder: GrammarBuilder, from: number, [low, high]: Range, to: number): void {
  for (const [first, last, bytes] of SEQUENCES) {
    const least = Math.max(low, first)
    const most = Math.min(high, last)
    if (least <= most) readBytes(builder, from, encode(least, bytes), encode(most, bytes), to)
  }
}

/** Reads what lies between two sequences of the same length, byte for byte. */
function readBytes(
  builder: GrammarBuilder,
  from: number,
  [low = 0, ...lowRest]: readonly number[],
  [high = 0, ...highRest]: readonly number[],
  to: number,
): void {
  const length = lowRest.length
  if (length === 0) {
    builder.read(from, low, high, to)
    return
  }
  const least = Array<number>(length).fill(0x80)
  const most = Array<number>(length).fill(0xbf)
  const part = (first: number, last: number, restLow: readonly number[], restHigh: readonly number[]) => {
    if (first > last) return
    const next = builder.state()
    builder.read(from, first, last, next)
    readBytes(builder, next, restLow, restHigh, to)
  }
  const lowIsWhole = lowRest.every((byte) => byte === 0x80)
  const highIsWhole = highRest.every((byte) => byte === 0xbf)
  if (low === high) {
    part(low, high, lowRest, highRest)
    return
  }
  if (!lowIsWhole) part(low, low, lowRest, most)
  part(lowIsWhole ? low : low + 1, highIsWhole ? high : high - 1, least, most)
  if (!highIsWhole) part(high, high, least, highRest)
}

function encode(point: number, bytes: number): number[] {
  if (bytes === 1) return [point]
  const tail = Array.from({ length: bytes - 1 }, (_, i) => 0x80 | ((point >> (6 * (bytes - 2 - i))) & 0x3f))
  const mark = (0xf00 >> bytes) & 0xff
  return [mark | (point >> (6 * (bytes - 1))), ...tail]
}
