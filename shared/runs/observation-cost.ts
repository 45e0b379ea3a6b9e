import * as z from 'zod'

/** What was spent on looking at classes that were not the active one. */
export const observationCost = z
  .strictObject({
    responses: z.int().describe('Responses of which all classes were looked at.'),
    judge_calls: z.int(),
    prompt_tokens: z.int(),
    completion_tokens: z.int(),
    cached_tokens: z.int(),
    cost: z.number().nullable().describe("In the currency of the model entry's price; null without a price."),
  })
  .meta({ id: 'ObservationCost' })
export type ObservationCost = z.infer<typeof observationCost>

/** What one more look has cost. */
export type Spent = Omit<ObservationCost, 'responses'>

/** What was spent in all. */
export function withSpent(before: ObservationCost, spent: Spent, responses: number): ObservationCost {
  const cost = before.cost === null && spent.cost === null ? null : (before.cost ?? 0) + (spent.cost ?? 0)
  return {
    responses: before.responses + responses,
    judge_calls: before.judge_calls + spent.judge_calls,
    prompt_tokens: before.prompt_tokens + spent.prompt_tokens,
    completion_tokens: before.completion_tokens + spent.completion_tokens,
    cached_tokens: before.cached_tokens + spent.cached_tokens,
    cost,
  }
}
