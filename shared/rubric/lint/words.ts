/** Words that carry no subject of their own. */
const EMPTY = new Set(
  (
    'a about an and any are as at be been but by can do does for from has have if in into is it its may must no nor not of on ' +
    'one only or other out own so some such than that the their them then there these they this those to too up was what ' +
    'when where which who will with without would never every each all also more most less response responses'
  ).split(' '),
)

const NEGATIONS = new Set(['no', 'not', 'never', 'without', 'nothing', 'none', 'neither', 'nor', 'cannot'])

/** The words of a text in lower case, without punctuation, in any script. */
export function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’]\p{L}+)?/gu) ?? []).map((word) =>
    word.replace('’', "'"),
  )
}

/** The stems of the words that carry meaning. */
export function subjectsOf(text: string): Set<string> {
  return new Set(
    wordsOf(text)
      .filter((word) => !EMPTY.has(word))
      .map(stemOf),
  )
}

/** True where an odd number of words negate. */
export function isNegated(text: string): boolean {
  const negations = wordsOf(text).filter((word) => NEGATIONS.has(word) || word.endsWith("n't"))
  return negations.length % 2 === 1
}

/** The share of the words of two texts that both have (Jaccard), in [0, 1]; 0 where both have none. */
export function overlapOf(a: Set<string>, b: Set<string>): number {
  const both = [...a].filter((word) => b.has(word)).length
  const either = a.size + b.size - both
  return either === 0 ? 0 : both / either
}

/** An English word without its commonest endings: enough to see that "cites" and "citing" are one word. */
export function stemOf(word: string): string {
  const bare = word.replace(/'s$/, '')
  const cut = bare.replace(/(?:ations?|ings?|ies|ied|ed|es|ly|s|y|e)$/, '')
  return cut.length >= 3 ? cut : bare
}
