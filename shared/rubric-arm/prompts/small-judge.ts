import { definePrompt } from '../../model/prompt.ts'
import { SMALL_PREFACE } from './small-preface.ts'

/** The judge's turn in few words, for a small model that was trained on it. */
export const SMALL_JUDGE = definePrompt({
  name: 'arm-small-judge',
  version: 1,
  system: SMALL_PREFACE,
  user: `{{fenced:prompt}}
{{fenced:reference}}
{{fenced:criteria}}
{{fenced:response_a}}
{{fenced:response_b}}
Name the item that matters most, check every item for both responses, then name the better one:
Gatekeeper: 1
A: 1 yes, 2 no
B: 1 no, 2 no
Winner: A`,
})
