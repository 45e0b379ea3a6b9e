import exceptions from './data/syllable-exceptions.json' with { type: 'json' }

const EXCEPTIONS = new Set(exceptions.words.split(' '))

/**
 * Syllables of a lower-case English word without punctuation, odd or even as SyllaPy says: groups of vowels, a final e
 * silent. The words in which SyllaPy's own list differs by an odd number count one more. 0 of a word with a digit.
 */
export function syllables(word: string): number {
  if (/\p{Nd}/u.test(word)) return 0
  const groups = word.match(/[aeiouy]+/g)?.length ?? 0
  const silent = word.endsWith('e') ? 1 : 0
  const restored = /[^aeiouy]le$/.test(word) ? 1 : 0
  return Math.max(1, groups - silent + restored) + (EXCEPTIONS.has(word) ? 1 : 0)
}
