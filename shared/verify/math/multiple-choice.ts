import * as z from 'zod'
import { quote } from '../quote.ts'
import { defineVerifier, invalidVerifier, verifierName } from '../verifier.ts'
import { findLetters } from './find-letter.ts'

const FIRST = 'A'.charCodeAt(0)
const ALPHABET = 26

export const multipleChoice = defineVerifier({
  kind: 'multiple_choice',
  summary: 'The choice that the response settles on is the right one, given by its letter or in its words.',
  schema: z
    .strictObject({
      kind: z.literal('multiple_choice'),
      name: verifierName,
      answer: z
        .string()
        .regex(/^[A-Za-z]$/)
        .describe('The letter of the right choice, for example "B".'),
      choices: z
        .array(z.string().min(1).max(1000))
        .min(2)
        .max(ALPHABET)
        .optional()
        .describe('What the choices say, from A on. Given, an answer in the words of a choice counts too.'),
    })
    .refine(({ answer, choices }) => choices === undefined || indexOf(answer) < choices.length, {
      path: ['answer'],
      ...invalidVerifier('must be the letter of one of the choices'),
    }),
  run(spec, { response, share }) {
    const expected = spec.answer.toUpperCase()
    const letters = findLetters(response, spec.choices ?? null, share)
    if (letters.length === 0)
      return { passed: false, expected, received: `no choice: ${quote(response.slice(-200))}` }
    return { passed: letters.length === 1 && letters[0] === expected, expected, received: letters.join(', ') }
  },
})

const indexOf = (letter: string) => letter.toUpperCase().charCodeAt(0) - FIRST
