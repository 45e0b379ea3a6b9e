import { bleu, gleu } from './bleu.ts'
import { commonSubsequence, subsequenceWork } from './common-subsequence.ts'
import { meteor } from './meteor.ts'
import { rougeL, rougeN } from './rouge.ts'
import { nGrams, wordsOf } from './tokens.ts'

/**
 * How alike two texts are, in [0, 1]: the metrics of OpenAI's text_similarity grader by its names. `fuzzy_match` and
 * `cosine` are defined below; the others beside their formulas.
 */
export const SIMILARITY = {
  rouge_1: (candidate: string, reference: string) => rougeN(candidate, reference, 1),
  rouge_2: (candidate: string, reference: string) => rougeN(candidate, reference, 2),
  rouge_3: (candidate: string, reference: string) => rougeN(candidate, reference, 3),
  rouge_4: (candidate: string, reference: string) => rougeN(candidate, reference, 4),
  rouge_5: (candidate: string, reference: string) => rougeN(candidate, reference, 5),
  rouge_l: rougeL,
  bleu,
  gleu,
  meteor,
  fuzzy_match: fuzzyMatch,
  cosine,
} as const

export type SimilarityMetric = keyof typeof SIMILARITY

/** Steps that reading and counting take for each character of either text; BLEU's counts are of four lengths. */
const COUNTING = { few: 300, many: 1000 } as const

/** Steps that a metric takes with two texts, about a nanosecond each; `most` is where more need not be counted. */
export function similarityWork(
  metric: SimilarityMetric,
  candidate: string,
  reference: string,
  most: number,
): number {
  const perCharacter = metric === 'bleu' || metric === 'gleu' ? COUNTING.many : COUNTING.few
  const counting = (candidate.length + reference.length) * perCharacter
  if (counting > most) return counting
  if (metric === 'rouge_l') return counting + subsequenceWork(wordsOf(candidate), wordsOf(reference))
  return metric === 'fuzzy_match' ? counting + subsequenceWork([...candidate], [...reference]) : counting
}

/** The normalised indel similarity, as RapidFuzz's `fuzz.ratio`: 1 - (insertions + deletions) / characters of both. */
function fuzzyMatch(candidate: string, reference: string): number {
  const [ours, theirs] = [[...candidate], [...reference]]
  const characters = ours.length + theirs.length
  return characters === 0 ? 1 : (2 * commonSubsequence(ours, theirs)) / characters
}

/** The cosine of the angle between the counts of words of both: of words, not of embeddings, which need a model. */
function cosine(candidate: string, reference: string): number {
  const [ours, theirs] = [nGrams(wordsOf(candidate), 1), nGrams(wordsOf(reference), 1)]
  let product = 0
  for (const [word, count] of ours) product += count * (theirs.get(word) ?? 0)
  return product === 0 ? 0 : product / (length(ours) * length(theirs))
}

function length(counts: Map<string, number>): number {
  let squares = 0
  for (const count of counts.values()) squares += count * count
  return Math.sqrt(squares)
}
