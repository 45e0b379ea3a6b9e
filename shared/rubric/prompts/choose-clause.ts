import { LABEL_PREFACE } from '../../model/label-preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/**
 * Answered by the probability of a label instead of by writing. What more questions share comes before what fewer
 * do, so that a server computes it once: prompt and responses, then `{{scale}}` (the labels with their meanings,
 * in an order that the asker permutes), then the clause that sets one question apart.
 */
export const CHOOSE_CLAUSE = definePrompt({
  name: 'choose-clause',
  version: 2,
  system: LABEL_PREFACE,
  user: `{{fenced:prompt}}
{{fenced:reference}}
{{fenced:response_a}}

{{fenced:response_b}}

Does the criterion below matter for telling response A and response B apart? Reply with the digit.
{{scale}}

Criterion: {{title}}. It applies when: {{applies}}`,
})

export const CHOOSE_POINTWISE_CLAUSE = definePrompt({
  name: 'choose-pointwise-clause',
  version: 2,
  system: LABEL_PREFACE,
  user: `{{fenced:prompt}}

Does the criterion below matter for judging a response to the prompt? Reply with the digit.
{{scale}}

Criterion: {{title}}. It applies when: {{applies}}`,
})
