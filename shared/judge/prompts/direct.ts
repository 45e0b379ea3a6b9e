import { LABEL_PREFACE } from '../../model/label-preface.ts'
import { PREFACE } from '../../model/preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/** The winner without a rubric, in one question: what rubrics are measured against. */
export const DIRECT = definePrompt({
  name: 'direct',
  version: 1,
  system: PREFACE,
  user: `{{fenced:prompt}}
{{fenced:reference}}
{{fenced:response_a}}

{{fenced:response_b}}

Which response answers the prompt better? Where there is a reference_answer, it is right; a response may say the same in other words. Which response comes first means nothing, and neither does length.
- reason: what settles it, in a sentence or two.
- verdict: 2 when A is clearly better, 1 when A is somewhat better, 0 when there is no clear gap, -1 when B is somewhat better, -2 when B is clearly better.

Reply in JSON.`,
})

/** The same for a model that only picks labels. */
export const CHOOSE_DIRECT = definePrompt({
  name: 'choose-direct',
  version: 1,
  system: LABEL_PREFACE,
  user: `{{fenced:prompt}}
{{fenced:reference}}
{{fenced:response_a}}

{{fenced:response_b}}

Which response answers the prompt better? Reply with the digit.
{{scale}}`,
})
