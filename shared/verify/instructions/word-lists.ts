import lists from './data/word-lists.json' with { type: 'json' }

/** The closed lists that IFBench counts with. */
export const CONJUNCTIONS = setOf(lists.conjunctions)
export const PERSON_NAMES = lists.person_names.split(' ')
export const PRONOUNS = setOf(lists.pronouns)
/** NLTK's list for English. */
export const STOP_WORDS = setOf(lists.stop_words)
/** The capitals of Europe north of 45 degrees, from north to south. */
export const CAPITALS = lists.capitals_by_latitude.split(' ')

function setOf(words: string): Set<string> {
  return new Set(words.split(' '))
}
