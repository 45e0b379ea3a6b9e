/**
 * How Python's `str` and `re` see text, for checks that must agree with references written in Python: what counts as
 * white space, a word character or a capital, and lengths in code points.
 */

/** The inside of a character class: `str.isspace`, which is also `\s` of `re`. JavaScript's own set differs. */
export const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
/** The inside of a character class: `\w` of `re`. */
export const WORD = '\\p{L}\\p{N}_'
/** `string.punctuation`. */
export const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'
/** What the references strip from a word, beside which white space other than spaces stays. */
export const PUNCTUATION_AND_SPACE = `${PUNCTUATION} `

const NOT_SPACES = new RegExp(`[^${SPACE}]+`, 'g')
const ONE_SPACE = new RegExp(`[${SPACE}]`)
const COUNTED_WORDS = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200c\u200d]+/gu

/** `str.split()`: the runs between white space. */
export const splitOnSpace = (text: string): string[] => text.match(NOT_SPACES) ?? []

/**
 * The words that the references count: `\w+` of the `regex` package, in which NLTK runs it since version 3.10. Vowel
 * signs belong to words, so that Hindi and Thai words stay whole; `re` would cut them there.
 */
export const countedWords = (text: string): string[] => text.match(COUNTED_WORDS) ?? []

export const hasSpace = (text: string): boolean => ONE_SPACE.test(text)
export const isBlank = (text: string): boolean => strip(text) === ''

/** `str.strip`, of white space or of the characters given. */
export function strip(text: string, characters?: string): string {
  return stripStart(stripEnd(text, characters), characters)
}

export function stripStart(text: string, characters?: string): string {
  let start = 0
  while (start < text.length && isStripped(text.charAt(start), characters)) start++
  return text.slice(start)
}

export function stripEnd(text: string, characters?: string): string {
  let end = text.length
  while (end > 0 && isStripped(text.charAt(end - 1), characters)) end--
  return text.slice(0, end)
}

const isStripped = (character: string, characters: string | undefined) =>
  characters === undefined ? ONE_SPACE.test(character) : characters.includes(character)

/** `str.translate` without `string.punctuation`. */
export const withoutPunctuation = (text: string): string => text.replace(/[!-/:-@[-`{-~]/g, '')

/** Lower case, no punctuation, split on white space. */
export const plainWords = (text: string): string[] => splitOnSpace(withoutPunctuation(text.toLowerCase()))

/** `len`: code points, not UTF-16 units. */
export function codePointLength(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

/** The first code point; '' of an empty text. */
export const firstCharacter = (text: string): string =>
  text === '' ? '' : String.fromCodePoint(text.codePointAt(0) ?? 0)

/** `str.isupper`: something cased, and all that is cased is upper case. */
export const isUpper = (text: string): boolean =>
  /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text)

/** `str.islower`. */
export const isLower = (text: string): boolean =>
  /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text)

/** `unicodedata.normalize('NFKD')` and what of it is ASCII. */
export const toAscii = (text: string): string =>
  [...text.normalize('NFKD')].filter((character) => character <= '\x7f').join('')
