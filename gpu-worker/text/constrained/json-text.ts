import { LAST_CHARACTER, type Range, type ReadCharacters, readCharacter } from './characters.ts'

/** Characters that JSON writes with a backslash and a letter. */
const SHORT = new Map([
  [0x22, '"'],
  [0x5c, '\\'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
])

/** Characters that JSON may hold as they are. */
const PLAIN: readonly Range[] = [
  [0x20, 0x21],
  [0x23, 0x5b],
  [0x5d, LAST_CHARACTER],
]

/**
 * Reads one character as `JSON.stringify` writes it in a string: itself, or the shortest escape where it must be
 * escaped. With one way to write each character, lengths, patterns and names are exact.
 */
export const readJsonCharacter: ReadCharacters = (builder, from, ranges, to) => {
  const within = (point: number) => ranges.some(([low, high]) => low <= point && point <= high)
  const escaped = [...Array(0x20).keys(), 0x22, 0x5c].filter(within)
  builder.texts(from, escaped.map(escapeOf), to)
  const plain = ranges.flatMap(([low, high]) =>
    PLAIN.map(([first, last]): Range => [Math.max(low, first), Math.min(high, last)]),
  )
  readCharacter(
    builder,
    from,
    plain.filter(([low, high]) => low <= high),
    to,
  )
}

function escapeOf(point: number): string {
  return `\\${SHORT.get(point) ?? `u${point.toString(16).padStart(4, '0')}`}`
}
