import { LABEL_PREFACE } from '../../model/label-preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/** The judge's turn for a model that only picks labels: the winner by the whole rubric, as one question. */
export const CHOOSE_WINNER = definePrompt({
  name: 'choose-winner',
  version: 1,
  system: LABEL_PREFACE,
  user: `{{fenced:prompt}}
{{fenced:reference}}
{{fenced:response_a}}

{{fenced:response_b}}

The rubric, a criterion a line; hard rules count before principles:
{{fenced:criteria}}

Which response meets the rubric better? Reply with the digit.
{{scale}}`,
})
