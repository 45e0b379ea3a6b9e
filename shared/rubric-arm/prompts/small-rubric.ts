import { definePrompt } from '../../model/prompt.ts'
import { SMALL_PREFACE } from './small-preface.ts'

/** The generator's turn in few words, for a small model that was trained on it. */
export const SMALL_RUBRIC = definePrompt({
  name: 'arm-small-rubric',
  version: 1,
  system: SMALL_PREFACE,
  user: `{{fenced:prompt}}
Write a rubric for responses to this request: at most 3 items, a line each, and nothing else.
1. The response ... [Hard Rule]
2. The response ... [Principle]`,
})
