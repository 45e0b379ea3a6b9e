import { PREFACE } from '../../model/preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/**
 * A teacher's turn: a rubric out of a prompt and responses whose order of merit is known (OpenRubrics' contrastive rubric
 * generation, systems.md 1.9; words of our own). One template serves pairs and longer lists.
 */
export const CONTRASTIVE_RUBRIC = definePrompt({
  name: 'arm-contrastive-rubric',
  version: 1,
  system: PREFACE,
  user: `{{fenced:prompt}}
Responses to this request follow, the best first and the worst last:
{{fenced:responses}}
Write the rubric by which somebody who has not seen these responses would put any responses to this request in the right order. Go through these steps in your head:
1. Take what the request demands in so many words. Each such demand is a [Hard Rule].
2. Find what the better responses do that the worse ones do not.
3. Abstract: turn each of these findings into a quality that any response to such a request could have. A finding that names a fact, an example or a wording of these responses is not abstract yet. What remains is a [Principle].
4. Check: by every item, would the better responses still come out ahead? Does any item repeat another, or fit these responses alone? Drop it then.
Then write at most {{most}} items, a numbered list and nothing else, no heading and no thoughts. Every line begins with "The response" and ends with its kind in brackets:
1. The response ... [Hard Rule]
2. The response ... [Principle]`,
})
