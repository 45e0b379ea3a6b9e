import { PREFACE } from '../../model/preface.ts'
import { definePrompt } from '../../model/prompt.ts'

/** Stage 1 of `staged`: what the person needs, before any response is seen (systems.md 3.3). */
export const INTENT = definePrompt({
  name: 'intent',
  version: 2,
  system: PREFACE,
  user: `{{fenced:prompt}}

Work out what the person who wrote this prompt needs. You have not seen any response, and you do not answer the prompt yourself.

- kind: what kind of request it is.
- primary_need: the one need that an answer must meet.
- secondary_needs: the lesser needs beside it.
- requirements: every requirement that the prompt states outright, in its own words.
- reading: where the wording is mistaken or open to several readings, the one that you take, without ruling the others out; else "plain".

Reply in JSON.`,
})
