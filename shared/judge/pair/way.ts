import type { VerdictMethod } from '../../protocol/model-entry.ts'
import type { MetaRubric, Rubric } from '../../protocol/rubric.ts'
import type { OrderVerdicts } from '../evidence.ts'
import type { ComparisonContext, ComparisonTask } from './comparer.ts'

/** One order of a pair, to be judged once. */
export type PassTask = Omit<ComparisonTask, 'rubric'> & {
  /** Null where the way needs none, or makes one of its own. */
  rubric: Rubric | null
  meta_rubric: MetaRubric
}

/** What one pass finds. */
export type Pass = Omit<OrderVerdicts, 'order' | 'vote'>

/** A way to judge a pair in one order. Throws `PlumblineError` when the model fails. */
export type PairWay = {
  /** False where asking such a model again gives the same answer, so that further votes would add nothing. */
  sampled(verdicts: VerdictMethod): boolean
  judge(task: PassTask, context: ComparisonContext): Promise<Pass>
}
