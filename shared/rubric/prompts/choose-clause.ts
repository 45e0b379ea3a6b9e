import { LABEL_PREFACE } from '../../model/label-preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/**
 * Answered by the probability of a label instead of by writing. The long shared part (prompt and responses)
 * comes first and the short question last, so that a server computes the first once. `{{scale}}` lists the
 * labels with their meanings, in an order that the asker permutes.
 */
export const CHOOSE_CLAUSE = definePrompt({
  name: 'choose-clause',
  version: 1,
  system: LABEL_PREFACE,
  user: `{{fenced:prompt}}

{{fenced:response_a}}

{{fenced:response_b}}

Criterion: {{title}}. It applies when: {{applies}}
Does this criterion matter for telling response A and response B apart?
{{scale}}
Reply with the digit.`,
})

export const CHOOSE_POINTWISE_CLAUSE = definePrompt({
  name: 'choose-pointwise-clause',
  version: 1,
  system: LABEL_PREFACE,
  user: `{{fenced:prompt}}

Criterion: {{title}}. It applies when: {{applies}}
Does this criterion matter for judging a response to the prompt?
{{scale}}
Reply with the digit.`,
})
