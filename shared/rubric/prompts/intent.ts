import { PREFACE } from '../../model/preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/** Stage 1 of `staged`: what the person needs, before any response is seen (systems.md 3.3). */
export const INTENT = definePrompt({
  name: 'intent',
  version: 1,
  system: PREFACE,
  user: `{{fenced:prompt}}

Work out what the person who wrote this prompt needs. You have not seen any response, and you do not answer the prompt yourself.

Say what kind of request it is, the one need that an answer must meet, the lesser needs beside it, and every requirement that the prompt states outright. Where the wording is mistaken or open to several readings, name the reading that you take and do not rule the others out.

Reply in JSON.`,
})
