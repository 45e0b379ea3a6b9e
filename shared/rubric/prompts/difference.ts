import { PREFACE } from '../../model/preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/**
 * Stage 2 of `staged`: where the two responses part, without a judgment (f_diff, systems.md 3.2). It begins as the
 * comparison in the forward order does, so that a server computes the texts once for both.
 */
export const DIFFERENCE = definePrompt({
  name: 'difference',
  version: 3,
  system: PREFACE,
  user: `{{fenced:prompt}}
{{fenced:reference}}
{{fenced:response_a}}

{{fenced:response_b}}

Describe how the two responses differ in substance: claims that conflict, requirements that one meets and the other misses, parts that one leaves out, depth, reasoning, form. Leave out what they share, and do not say which is better.

differences has one entry for each. about: what they differ in. response_a and response_b: what each does there, quoted briefly where the words matter. It is empty when they differ in nothing that matters.

Reply in JSON.`,
})
