import { PREFACE } from '../../model/preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/** Stage 2 of `staged`: where the two responses part, without a judgment (f_diff, systems.md 3.2). */
export const DIFFERENCE = definePrompt({
  name: 'difference',
  version: 1,
  system: PREFACE,
  user: `{{fenced:prompt}}

{{fenced:response_1}}

{{fenced:response_2}}
{{fenced:reference}}
Describe how the two responses differ in substance. For each difference say what one does and the other does not: claims that conflict, requirements that one meets and the other misses, parts that one leaves out, depth, reasoning, form. Leave out what they share, and do not say which is better.

Reply in JSON.`,
})
