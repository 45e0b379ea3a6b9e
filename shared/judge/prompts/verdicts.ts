import { PREFACE } from '../../model/preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/** Stage 4 of `staged`: the two responses compared on every criterion, in one order. */
export const VERDICTS = definePrompt({
  name: 'verdicts',
  version: 3,
  system: PREFACE,
  user: `{{fenced:prompt}}
{{fenced:reference}}
{{fenced:response_a}}

{{fenced:response_b}}

The criteria, one a line, each after its id; they say what to look for and nothing else:
{{fenced:criteria}}

Compare response A with response B on each criterion, one at a time, as if the others did not exist.
- evidence: the words of the responses that settle it, quoted briefly, or what is missing and from which. For a criterion about facts: the claim on which they differ, then what is true.
- reason: what follows from the evidence for this criterion.
- verdict: 2 when A meets the criterion clearly better, 1 when A meets it somewhat better, 0 when there is no clear gap, -1 when B meets it somewhat better, -2 when B meets it clearly better.
- Where there is a reference_answer, it is right; a response may say the same in other words.
- If both do equally well or equally badly, the verdict is 0. Which response comes first means nothing; neither does its length, unless the criterion is about length.

Give exactly one entry of verdicts for each criterion, with its id as criterion. Reply in JSON.`,
})
