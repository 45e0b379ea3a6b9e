import { LABEL_PREFACE } from '../../model/label-preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/**
 * Answered by the probability of a label instead of by writing. The long shared part (prompt and responses)
 * comes first and the short question last, so that a server computes the first once. `{{scale}}` lists the
 * labels with their meanings, in an order that the asker permutes.
 */
export const CHOOSE_VERDICT = definePrompt({
  name: 'choose-verdict',
  version: 1,
  system: LABEL_PREFACE,
  user: `{{fenced:prompt}}

{{fenced:response_a}}

{{fenced:response_b}}
{{fenced:reference}}
Criterion: {{criterion}}
Which response is better on this criterion?
{{scale}}
Reply with the digit.`,
})

export const CHOOSE_MET = definePrompt({
  name: 'choose-met',
  version: 1,
  system: LABEL_PREFACE,
  user: `{{fenced:prompt}}

{{fenced:response}}
{{fenced:reference}}
Criterion: {{criterion}}
Does the response meet this criterion?
{{scale}}
Reply with the digit.`,
})
