import { nGrams, overlap, tokens13a, total } from './tokens.ts'

const ORDERS = [1, 2, 3, 4]

/**
 * BLEU of a sentence (Papineni et al. 2002, "BLEU: a method for automatic evaluation of machine translation"), as
 * sacreBLEU's `sentence_bleu` has it: tokens of 13a, orders up to the text's own length, exponential smoothing (Chen
 * and Cherry 2014, method 3). In [0, 1].
 */
export function bleu(candidate: string, reference: string): number {
  const [ours, theirs] = [tokens13a(candidate), tokens13a(reference)]
  let smoothing = 1
  const precisions: number[] = []
  for (const n of ORDERS) {
    const grams = nGrams(ours, n)
    const all = total(grams)
    if (all === 0) break
    const shared = overlap(grams, nGrams(theirs, n))
    if (shared === 0) smoothing *= 2
    precisions.push(shared === 0 ? 1 / (smoothing * all) : shared / all)
  }
  if (precisions.length === 0 || overlap(nGrams(ours, 1), nGrams(theirs, 1)) === 0) return 0
  const brevity = ours.length < theirs.length ? Math.exp(1 - theirs.length / ours.length) : 1
  return brevity * Math.exp(precisions.reduce((sum, p) => sum + Math.log(p), 0) / precisions.length)
}

/**
 * GLEU of a sentence (Wu et al. 2016, arXiv 1609.08144, section 5.2): the n-grams of orders 1 to 4 that both share,
 * as a share of those of the text that has more. In [0, 1].
 */
export function gleu(candidate: string, reference: string): number {
  const [ours, theirs] = [tokens13a(candidate), tokens13a(reference)]
  const sums = { shared: 0, ours: 0, theirs: 0 }
  for (const n of ORDERS) {
    const [left, right] = [nGrams(ours, n), nGrams(theirs, n)]
    sums.shared += overlap(left, right)
    sums.ours += total(left)
    sums.theirs += total(right)
  }
  const most = Math.max(sums.ours, sums.theirs)
  return most === 0 ? 0 : sums.shared / most
}
