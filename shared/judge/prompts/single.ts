import { PREFACE } from '../../model/preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/** `single`: intent, rubric and comparison in one call an order, as the authors ship it (systems.md 3.3). */
export const SINGLE = definePrompt({
  name: 'single',
  version: 3,
  system: PREFACE,
  user: `What a good answer is:
{{principles}}

Clauses to draw on, for reference only (id, level, title, description, when it applies):
{{clauses}}

{{fenced:prompt}}
{{fenced:reference}}
{{fenced:response_a}}

{{fenced:response_b}}

Do three things, in this order.

1. question_analysis, without regard to the responses. question_type: the kind of request; primary_need: the one need that an answer must meet; secondary_needs: the lesser ones; user_context: what can be told of the person; analysis: what follows from these for a good answer, and, where the wording is mistaken or ambiguous, the reading that you take.

2. rubric_list. Having read both responses: between 5 and 15 criteria by which they are to be told apart, fatal ones first. Each is checkable, about one thing, and made for this prompt rather than copied; together they are enough. title: the criterion in a few words; description: what meeting it takes. type "core": an answer that misses it is of no use; "important": missing it hurts; "highlight": a welcome extra; "fatal": for the fatal clauses alone, and only where a response may have fallen foul of one. Saying less is not a factual error. Refusing a legitimate request counts against a response. rubric_id counts from 1.

3. rubric_compares. One entry for each criterion, judged as if the others did not exist: evidences, the words of the responses that settle it, quoted briefly; for factual error the claim on which they differ, then what is true, then the verdict, S when both are right or both are wrong; reason; chosen, A, B, or S for no clear gap; score, 2 or 1 when A is chosen, -2 or -1 when B is chosen, 0 for S. Where there is a reference_answer, it is right; a response may say the same in other words. Which response comes first means nothing, and neither does length. rubric_idx is the rubric_id that it belongs to; rubric_name repeats its title and type its type.

Reply in JSON.`,
})
