import * as z from 'zod'
import type { ModelUse } from './grader.ts'

/** What may have gone wrong with a grade: the keys that OpenAI's graders answer with, all of them every time. */
export const graderErrors = z
  .object({
    formula_parse_error: z.boolean(),
    sample_parse_error: z.boolean(),
    truncated_observation_error: z.boolean(),
    unresponsive_reward_error: z.boolean(),
    invalid_variable_error: z.boolean(),
    other_error: z.boolean(),
    python_grader_server_error: z.boolean(),
    python_grader_server_error_type: z.string().nullable(),
    python_grader_runtime_error: z.boolean(),
    python_grader_runtime_error_details: z.string().nullable(),
    model_grader_server_error: z.boolean(),
    model_grader_refusal_error: z.boolean(),
    model_grader_parse_error: z.boolean(),
    model_grader_server_error_details: z.string().nullable(),
  })
  .meta({ id: 'GraderErrors' })
export type GraderErrors = z.infer<typeof graderErrors>

export const NO_ERRORS: GraderErrors = {
  formula_parse_error: false,
  sample_parse_error: false,
  truncated_observation_error: false,
  unresponsive_reward_error: false,
  invalid_variable_error: false,
  other_error: false,
  python_grader_server_error: false,
  python_grader_server_error_type: null,
  python_grader_runtime_error: false,
  python_grader_runtime_error_details: null,
  model_grader_server_error: false,
  model_grader_refusal_error: false,
  model_grader_parse_error: false,
  model_grader_server_error_details: null,
}

/** Why a grader could not tell: a sentence, the keys that say it to OpenAI's clients, and what was spent on it. */
export class GraderFault extends Error {
  readonly errors: Partial<GraderErrors>
  readonly spent: { use: ModelUse; reply: string } | undefined

  constructor(
    errors: Partial<GraderErrors>,
    sentence: string,
    options: ErrorOptions & { spent?: { use: ModelUse; reply: string } | undefined } = {},
  ) {
    super(sentence, options)
    this.name = 'GraderFault'
    this.errors = errors
    this.spent = options.spent
  }
}

/** The errors of several graders as those of one: a flag that any of them has, the first text of each. */
export function mergeErrors(all: readonly Partial<GraderErrors>[]): GraderErrors {
  const merged: GraderErrors = { ...NO_ERRORS }
  for (const errors of all) {
    for (const key of Object.keys(NO_ERRORS) as (keyof GraderErrors)[]) {
      if (!merged[key] && errors[key]) Object.assign(merged, { [key]: errors[key] })
    }
  }
  return merged
}
