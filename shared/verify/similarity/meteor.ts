import { stemmer } from 'stemmer'
import { wordsOf } from './tokens.ts'

/** How much recall weighs against precision, and how steep and how high the penalty of fragments is. */
const [ALPHA, BETA, GAMMA] = [0.9, 3, 0.5]

/**
 * METEOR (Banerjee and Lavie 2005, "METEOR: an automatic metric for MT evaluation with improved correlation with
 * human judgments", with the parameters of Lavie and Agarwal 2007, as NLTK has them). Words are matched when they
 * are equal, then when their stems are (Porter); synonyms, which need WordNet, are not. In [0, 1].
 */
export function meteor(candidate: string, reference: string): number {
  const [ours, theirs] = [wordsOf(candidate), wordsOf(reference)]
  const aligned = align(ours, theirs)
  const matches = aligned.filter((at) => at !== null).length
  if (matches === 0) return 0
  const [precision, recall] = [matches / ours.length, matches / theirs.length]
  const mean = (precision * recall) / (ALPHA * precision + (1 - ALPHA) * recall)
  return mean * (1 - GAMMA * (chunks(aligned) / matches) ** BETA)
}

/** For each of our words the place of theirs that it is matched with, from the last to the first, or null. */
function align(ours: string[], theirs: string[]): (number | null)[] {
  const aligned: (number | null)[] = ours.map(() => null)
  const taken = new Set<number>()
  for (const form of [(word: string) => word, stemmer]) {
    const places = new Map<string, number[]>()
    for (const [index, word] of theirs.entries()) {
      if (taken.has(index)) continue
      const at = places.get(form(word)) ?? []
      at.push(index)
      places.set(form(word), at)
    }
    for (let index = ours.length - 1; index >= 0; index--) {
      if (aligned[index] !== null) continue
      const at = places.get(form(ours[index] ?? ''))?.pop()
      if (at === undefined) continue
      aligned[index] = at
      taken.add(at)
    }
  }
  return aligned
}

/** Runs of matched words that stand side by side, in the same order, in both texts. */
function chunks(aligned: (number | null)[]): number {
  return aligned.filter((at, index) => {
    const before = index === 0 ? null : (aligned[index - 1] ?? null)
    return at !== null && (before === null || at !== before + 1)
  }).length
}
