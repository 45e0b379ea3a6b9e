import type { Usage } from '../../../shared/protocol/judgment.ts'
import type { Rubric } from '../../../shared/protocol/rubric.ts'

/** What a judge found, whatever it was asked for. */
export type Verdict = {
  protocol: string
  /** Of each response, 0..1: for a pair they sum to 1. */
  scores: number[]
  /** The place of the best response; null where they are equal, or there is one response alone. */
  best: number | null
  /** The judge's own number: -2..2 of a pair, the score of a single response, the best one's of a group. */
  score: number
  /** 0..1, that the winner is right; null where the judge does not say. */
  confidence: number | null
  rubric: Rubric | null
  judgments: string[]
  usage: Pick<Usage, 'prompt_tokens' | 'completion_tokens' | 'cached_tokens'>
}
