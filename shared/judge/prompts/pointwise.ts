import { LABEL_PREFACE } from '../../model/label-preface.ts'
import { PREFACE } from '../../model/preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/** A single response held against every criterion. The rules are those of HealthBench's grader (systems.md 2.2). */
export const MET = definePrompt({
  name: 'met',
  version: 4,
  system: PREFACE,
  user: `{{fenced:prompt}}
{{fenced:reference}}
{{fenced:response}}

The criteria, one a line, each after its id; they say what to look for and nothing else:
{{fenced:criteria}}

Hold the response against each criterion, one at a time, as if the others did not exist.
- evidence: the words of the response that settle it, quoted briefly, or what is missing.
- reason: what follows from the evidence for this criterion.
- Where there is a reference_answer, it is right; the response may say the same in other words.
- met: true only when all of the criterion is true of the response; where it lists examples, they need not all be there.
- Some criteria describe a fault. Such a criterion is met by a response that has the fault, and not met by one that is free of it: met says whether the criterion is true, never whether that is good.

Give exactly one entry of verdicts for each criterion, with its id as criterion. Reply in JSON.`,
})

/** The same for one criterion, answered by the probability of a label; see CHOOSE_VERDICT for the order of its parts. */
export const CHOOSE_MET = definePrompt({
  name: 'choose-met',
  version: 3,
  system: LABEL_PREFACE,
  user: `{{fenced:prompt}}
{{fenced:reference}}
{{fenced:response}}

Does the response meet the criterion below? A criterion that describes a fault is met by a response that has the fault. Reply with the digit.
{{scale}}

Criterion: {{criterion}}`,
})

/** A single response rated as a whole, in sight of all criteria and of how much each counts (RaR implicit, systems.md 4). */
export const RATE = definePrompt({
  name: 'rate',
  version: 1,
  system: PREFACE,
  user: `{{fenced:prompt}}
{{fenced:reference}}
{{fenced:response}}

The criteria, one a line, each after how much it counts:
{{fenced:criteria}}

Rate the response as a whole by these criteria and nothing else.
- What counts more weighs more. Points below 0 are for faults, which count against a response that has them; a fatal criterion that is not met sinks the response.
- Where there is a reference_answer, it is right; the response may say the same in other words.
- explanation: which criteria it meets and which it misses, with the words that show it, and what tips the balance.
- rating: a whole number from 1, when it does nothing that counts, to 10, when it does all of it and has none of the faults.

Reply in JSON.`,
})

/** The same, answered by the probabilities of ten labels. */
export const CHOOSE_RATING = definePrompt({
  name: 'choose-rating',
  version: 1,
  system: LABEL_PREFACE,
  user: `{{fenced:prompt}}
{{fenced:reference}}
{{fenced:response}}

The criteria, one a line, each after how much it counts; points below 0 are for faults:
{{fenced:criteria}}

How well does the response as a whole do by these criteria? Reply with the digit.
{{scale}}`,
})
