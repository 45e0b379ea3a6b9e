import type { Outcome } from '../../protocol/governance.ts'
import type { Winner } from '../../protocol/judgment.ts'
import type { Prompt } from '../../protocol/message.ts'
import type { Level } from '../../protocol/rubric.ts'

/** A pair whose better response is known. */
export type LabelledPair = {
  id: string
  prompt: Prompt
  responses: [string, string]
  label: Winner
  /** What the prompt is about, where the file says. */
  domain?: string | undefined
}

/** The criterion that did most to lead a judgment away from the label. */
export type Blame = { clause: string | null; level: Level | null }

/** A pair judged by a meta-rubric, against its label. */
export type Trial = {
  pair: string
  outcome: Outcome
  /** The code of the error that left no winner. */
  error: string | null
  judgment: string | null
  /** Null where the judgment is right, or no criterion can be named. */
  blame: Blame | null
  cost: Cost
}

/** What judging cost this time: nothing where it was answered from the record. */
export type Cost = { judge_calls: number; prompt_tokens: number; completion_tokens: number }

export const NO_COST: Cost = { judge_calls: 0, prompt_tokens: 0, completion_tokens: 0 }

export function sumCost(costs: Cost[]): Cost {
  return costs.reduce(
    (sum, cost) => ({
      judge_calls: sum.judge_calls + cost.judge_calls,
      prompt_tokens: sum.prompt_tokens + cost.prompt_tokens,
      completion_tokens: sum.completion_tokens + cost.completion_tokens,
    }),
    NO_COST,
  )
}
