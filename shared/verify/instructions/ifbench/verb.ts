import words from '../data/first-verbs.json' with { type: 'json' }

const VERBS = new Set(words.verbs.split(' '))
const OTHER_ING = new Set(words.other_ing.split(' '))

/**
 * Whether a word that begins a response is a verb. The reference asks NLTK's averaged perceptron, six megabytes of
 * weights; these are the words that a tagger of that make takes for verbs in most places where they come first, and all
 * in -ing but those that it does not.
 */
export function isFirstVerb(word: string): boolean {
  const lower = word.toLowerCase()
  return VERBS.has(lower) || (lower.endsWith('ing') && !OTHER_ING.has(lower))
}
