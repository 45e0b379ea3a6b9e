import * as z from 'zod'
import { graderErrors } from './fault.ts'
import { grader } from './graders.ts'

/** `POST /v1/fine_tuning/alpha/graders/run`. */
export const graderRunRequest = z
  .object({
    grader,
    model_sample: z.string().describe('What is graded; where it is JSON, sample.output_json is its value.'),
    item: z.unknown().optional().describe('The row of the data set, for {{item.x}}.'),
    sample: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("More of the sample, such as choices or output_tools. OpenAI's API has no such field."),
  })
  .meta({ id: 'GraderRunRequest' })

/** `POST /v1/fine_tuning/alpha/graders/validate`. */
export const graderValidateRequest = z.object({ grader }).meta({ id: 'GraderValidateRequest' })

/** Tokens that calls to one model took. */
export const tokenUsage = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  cached_tokens: z.int(),
  total_tokens: z.int(),
})

/** What a grader came to, as OpenAI's clients read it, but for a reward of null where there is none. */
export const graderRunReply = z
  .object({
    reward: z.number().nullable().describe('Null where the grader could not tell: metadata.errors says why.'),
    metadata: z.object({
      name: z.string(),
      type: z.string(),
      errors: graderErrors,
      details: z.string().nullable().describe("The errors in a sentence, or a model's label."),
      execution_time: z.number().describe('Seconds.'),
      scores: z.record(z.string(), z.number().nullable()),
      token_usage: z.int().nullable(),
      sampled_model_name: z.string().nullable(),
    }),
    sub_rewards: z
      .record(z.string(), z.number().nullable())
      .describe('Of a multi, by the names of its graders.'),
    model_grader_token_usage_per_model: z.record(z.string(), tokenUsage),
  })
  .meta({ id: 'GraderRun' })
export type GraderRunReply = z.infer<typeof graderRunReply>
