import type { Question } from './question.ts'
import type { Verdict } from './verdict.ts'

/** The verdict as a caller's parser reads it. */
export type Written = {
  /** What the parser looks for; null where the form has no word for what was found. */
  verdict: string | null
  /** The words that the verdict was chosen from, each with its probability, where the judge gives one. */
  choices: { token: string; probability: number }[]
}

/** A form in which prompts ask for verdicts. */
export type Form = {
  name: string
  /** The reply must be the verdict and nothing else. */
  bare: boolean
  /** It has a word for a tie. */
  tie: boolean
  /** What the parser takes for a verdict: what is said before it may not hold any. */
  reads: RegExp
  write(verdict: Verdict, explanation: string): Written
}

/** What the request says of its reply. */
export type Asked = Pick<Question, 'instructions' | 'labels' | 'responses' | 'rubric'> & {
  /** The shape that the verdict must have, and the field of the request that says so. */
  schema: { shape: Readonly<Record<string, unknown>>; param: string } | null
  /** The reply must be JSON, of no shape that the request gives. */
  json: boolean
  /** Tokens that the reply may have. */
  room: number
}

/** The word of the best response, or `tie` where none is. Of two, each word is as probable as its response's score. */
export function writeChoice(verdict: Verdict, words: readonly string[], tie: string | null): Written {
  const { best, scores } = verdict
  const word = best === null ? tie : (words[best] ?? null)
  if (best === null || scores.length !== 2) return { verdict: word, choices: [] }
  return { verdict: word, choices: words.map((token, at) => ({ token, probability: scores[at] ?? 0 })) }
}

/** One of two words for a response by itself: the first from a score of a half on. */
export function writeYesOrNo({ score }: Verdict, yes: string, no: string): Written {
  const probability = Math.min(1, Math.max(0, score))
  const choices = [
    { token: yes, probability },
    { token: no, probability: 1 - probability },
  ]
  return { verdict: probability >= 0.5 ? yes : no, choices }
}

/** The whole number that is as far from the least to the greatest as the score is from 0 to 1. */
export function onScale(score: number, [least, greatest]: readonly [number, number]): number {
  return Math.round(least + Math.min(1, Math.max(0, score)) * (greatest - least))
}

/** A text that is a verdict alone. */
export const saying = (verdict: string): Written => ({ verdict, choices: [] })
