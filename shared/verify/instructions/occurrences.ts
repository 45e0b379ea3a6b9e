import { WORD } from './python-text.ts'

const WORD_CHARACTER = new RegExp(`[${WORD}]`, 'u')

/**
 * How often a phrase occurs without overlaps, whatever the case. With `whole`, there is a word boundary (`\b` of
 * Python's `re`) at both of its ends. Linear in the text: the phrase is looked for as it is written.
 */
export function occurrences(text: string, phrase: string, { whole }: { whole: boolean }): number {
  const haystack = text.toLowerCase()
  const needle = phrase.toLowerCase()
  let count = 0
  let at = haystack.indexOf(needle)
  while (at >= 0 && needle !== '') {
    const found = !whole || (isBoundary(haystack, at) && isBoundary(haystack, at + needle.length))
    if (found) count++
    at = haystack.indexOf(needle, found ? at + needle.length : at + 1)
  }
  return count
}

const isBoundary = (text: string, at: number) => isWordBefore(text, at) !== isWordAt(text, at)
const isWordAt = (text: string, at: number) => WORD_CHARACTER.test(characterAt(text, at))
const isWordBefore = (text: string, at: number) =>
  at > 0 && isWordAt(text, isTail(text.charCodeAt(at - 1)) && at > 1 ? at - 2 : at - 1)

const isTail = (unit: number) => unit >= 0xdc00 && unit <= 0xdfff
const characterAt = (text: string, at: number) => {
  const point = text.codePointAt(at)
  return point === undefined ? '' : String.fromCodePoint(point)
}
