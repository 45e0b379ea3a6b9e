import * as z from 'zod'

/** What one API key spent. */
export const usageOfKey = z
  .object({
    api_key: z.string().describe("The key's id: the first digits of its hash."),
    judgments: z.int().describe('Judgments made; answers from the record are free and not counted.'),
    chat_completions: z
      .int()
      .describe(
        'Passed on to a model, and asked of one by graders and evals. Their tokens are counted with the others, as far as its server told them.',
      ),
    judge_calls: z.int(),
    prompt_tokens: z.int(),
    completion_tokens: z.int(),
    cached_tokens: z.int(),
    training_jobs: z.int().describe('Fine-tuning jobs that it asked for.'),
    trained_tokens: z.int().describe('That passed the decoder in their updates; in no price.'),
    cost: z
      .number()
      .nullable()
      .describe('At the price that the model entries have now; null where none has one.'),
  })
  .meta({ id: 'UsageOfKey' })
export type UsageOfKey = z.infer<typeof usageOfKey>

export const usageList = z
  .object({ object: z.literal('list'), organisation: z.string(), data: z.array(usageOfKey) })
  .meta({ id: 'UsageList' })
export type UsageList = z.infer<typeof usageList>
