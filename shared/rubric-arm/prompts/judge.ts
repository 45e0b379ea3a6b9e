import { PREFACE } from '../../model/preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/**
 * The judge's turn: gatekeeper, both responses criterion by criterion, then a winner, in the published skeleton
 * (Rubric-ARM, systems.md 1.4; words of our own). There is no tie to choose.
 */
export const ARM_JUDGE = definePrompt({
  name: 'arm-judge',
  version: 1,
  system: PREFACE,
  user: `{{fenced:prompt}}
{{fenced:reference}}
The rubric, a numbered criterion a line, each with its kind:
{{fenced:criteria}}

{{fenced:response_a}}

{{fenced:response_b}}

Decide which of the two responses meets the rubric better. Be fair: which of them comes first means nothing, and neither does length unless a criterion is about length. Where there is a reference_answer, it is right.

1. Compliance check. Among the criteria that can be checked objectively, pick the one that matters most: the gatekeeper. A response that fails it hardly ever wins against one that passes it.
2. Analysis. Hold each response against every criterion, and say for each what in the response settles it.
3. Final judgment. Weigh what you found and name one winner; there is always one, however close it is.

Write exactly this and nothing around it, with your own words in place of <...> and with a line for every criterion of the rubric under both responses, n being its number and the kind in brackets as the rubric has it:

--- Compliance Check ---
Identified Gatekeeper Criterion: <the criterion>
--- Analysis ---
**Response A:**
- Criterion n [Hard Rule]: Justification: <what settles it>
- Criterion n [Principle]: Justification: <what settles it>
**Response B:**
- Criterion n [Hard Rule]: Justification: <what settles it>
- Criterion n [Principle]: Justification: <what settles it>
--- Final Judgment ---
Justification: <why the winner is the better one>
Winner: <Response A, or Response B>`,
})
