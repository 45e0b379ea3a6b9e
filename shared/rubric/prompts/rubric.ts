import { PREFACE } from '../../model/preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/** Stage 3 of `staged`: the rubric for this pair, out of the meta-rubric (f_adapt, systems.md 3.2). */
export const RUBRIC = definePrompt({
  name: 'rubric',
  version: 3,
  system: PREFACE,
  user: `What a good answer is:
{{principles}}

Clauses to draw on (id, level, title, description, when it applies):
{{clauses}}

{{fenced:prompt}}

What the person needs:
{{fenced:intent}}

How two responses to the prompt differ:
{{fenced:difference}}

Write the rubric by which these two responses are to be told apart.
- Between 3 and 12 criteria, each about one thing, none overlapping another, and together enough: an answer that meets them all is a good answer to this prompt.
- Start from the clauses that apply here and make them concrete for this prompt; add a criterion of your own where the differences call for one, and leave out clauses that do not bear on them.
- A criterion must be checkable by reading one response, and good when it is met: name the virtue, not the fault. It never mentions the two responses or says which is better.
- level "core": an answer that misses it is of no use. "important": missing it hurts. "highlight": a welcome extra.
- level "fatal" is for the fatal clauses alone, and only where the difference shows that one of them may be at stake. Factual error is at stake only where something stated is false; saying less is not.
- title: the criterion in a few words. description: what meeting it takes, in a sentence or two. clause: the id of the clause that it comes from, or null.

Reply in JSON.`,
})

/** The rubric of a prompt alone, for judging single responses: the same for all of them. */
export const POINTWISE_RUBRIC = definePrompt({
  name: 'pointwise-rubric',
  version: 3,
  system: PREFACE,
  user: `What a good answer is:
{{principles}}

Clauses to draw on (id, level, title, description, when it applies):
{{clauses}}

{{fenced:prompt}}

What the person needs:
{{fenced:intent}}

Write the rubric by which any response to this prompt is to be judged on its own.
- Between 3 and 12 criteria, each about one thing, none overlapping another, and together enough: an answer that meets them all is a good answer to this prompt.
- Start from the clauses that apply here and make them concrete for this prompt; add a criterion of your own for each requirement that the prompt states.
- A criterion is a statement that is either true of a response or not, and that is good when it is true.
- level "core": an answer that misses it is of no use. "important": missing it hurts. "highlight": a welcome extra.
- level "fatal" is for the fatal clauses alone, and only where one of them may be at stake.
- title: the criterion in a few words. description: what meeting it takes, in a sentence or two. clause: the id of the clause that it comes from, or null.

Reply in JSON.`,
})
