import { PREFACE } from '../../model/preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/** The generator's turn: a typed rubric out of the prompt alone (Rubric-ARM, systems.md 1.4; words of our own). */
export const ARM_RUBRIC = definePrompt({
  name: 'arm-rubric',
  version: 1,
  system: PREFACE,
  user: `{{fenced:prompt}}

Read the request above and write the rubric that any response to it should be judged by. You do not answer the request, and you have not seen a response.

There are two kinds of items:
- [Hard Rule]: what the request demands in so many words, such as a length, a form, a language, or something to include or to leave out.
- [Principle]: a quality that it does not name but that a good response to such a request has, such as being correct, clear or to the point.

Each item
- holds for every response to this request: it names no fact, example or wording that only one particular answer would have;
- asks for one thing, in as few words as say it;
- repeats no other item.
Together the items cover everything that is demanded and the qualities that matter most.

Write a numbered list and nothing else, no heading and no thoughts. Every line begins with "The response" and ends with its kind in brackets:
1. The response ... [Hard Rule]
2. The response ... [Principle]`,
})
