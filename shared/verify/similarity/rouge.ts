import { commonSubsequence } from './common-subsequence.ts'
import { nGrams, overlap, total, wordsOf } from './tokens.ts'

/** ROUGE-N, F1 (Lin 2004, "ROUGE: A package for automatic evaluation of summaries", section 2): shared n-grams. In [0, 1]. */
export function rougeN(candidate: string, reference: string, n: number): number {
  const [ours, theirs] = [nGrams(wordsOf(candidate), n), nGrams(wordsOf(reference), n)]
  return f1(overlap(ours, theirs), total(ours), total(theirs))
}

/** ROUGE-L, F1 (Lin 2004, section 3.1): the longest common subsequence of words. In [0, 1]. */
export function rougeL(candidate: string, reference: string): number {
  const [ours, theirs] = [wordsOf(candidate), wordsOf(reference)]
  return f1(commonSubsequence(ours, theirs), ours.length, theirs.length)
}

function f1(shared: number, ours: number, theirs: number): number {
  return ours + theirs === 0 ? 0 : (2 * shared) / (ours + theirs)
}
