/** What may have gone wrong with a grade: the keys that OpenAI's graders answer with, all of them every time. */
export type GraderErrors = {
  formula_parse_error: boolean
  sample_parse_error: boolean
  truncated_observation_error: boolean
  unresponsive_reward_error: boolean
  invalid_variable_error: boolean
  other_error: boolean
  python_grader_server_error: boolean
  python_grader_server_error_type: string | null
  python_grader_runtime_error: boolean
  python_grader_runtime_error_details: string | null
  model_grader_server_error: boolean
  model_grader_refusal_error: boolean
  model_grader_parse_error: boolean
  model_grader_server_error_details: string | null
}

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

/** Why a grader could not tell: a sentence, and the keys that say it to OpenAI's clients. */
export class GraderFault extends Error {
  readonly errors: Partial<GraderErrors>

  constructor(errors: Partial<GraderErrors>, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.name = 'GraderFault'
    this.errors = errors
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
