import type { LanguageModel } from '../../model/language-model.ts'
import type { Memory } from '../../model/memory.ts'
import type { CriterionVerdict } from '../../protocol/judgment.ts'
import type { Message } from '../../protocol/message.ts'
import type { Rubric } from '../../protocol/rubric.ts'

/** Two responses in the order in which they are shown, and what they are compared by. */
export type ComparisonTask = {
  prompt: Message[]
  shown: [string, string]
  rubric: Rubric
  reference: string | null
  seed: number
  /** 0 for a single vote; votes are sampled. */
  temperature: number
}

/** What comparing needs from outside. */
export type ComparisonContext = {
  model: LanguageModel
  secret: string
  memory: Memory
  signal?: AbortSignal
}

/** Gives one verdict for each criterion of the rubric. Throws `PlumblineError` when the model fails. */
export type Comparer = {
  /** False where asking again gives the same answer, so that further votes would add nothing. */
  sampled: boolean
  compare(task: ComparisonTask, context: ComparisonContext): Promise<CriterionVerdict[]>
}
