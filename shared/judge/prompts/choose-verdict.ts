import { LABEL_PREFACE } from '../../model/label-preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/**
 * Answered by the probability of a label instead of by writing. What more questions share comes before what fewer
 * do, so that a server computes it once: prompt and responses, then `{{scale}}` (the labels with their meanings,
 * in an order that the asker permutes), then the criterion that sets one question apart.
 */
export const CHOOSE_VERDICT = definePrompt({
  name: 'choose-verdict',
  version: 2,
  system: LABEL_PREFACE,
  user: `{{fenced:prompt}}
{{fenced:reference}}
{{fenced:response_a}}

{{fenced:response_b}}

Which response is better on the criterion below? Reply with the digit.
{{scale}}

Criterion: {{criterion}}`,
})
