import * as z from 'zod'
import { exactly } from '../numeral.ts'
import { quote } from '../quote.ts'
import { defineVerifier, invalidVerifier, verifierName } from '../verifier.ts'
import { findAnswer } from './find-answer.ts'
import { isSameText, sameAnswer } from './same-answer.ts'
import { MAX_ANSWER } from './tokens.ts'

const tolerance = z.number().min(0).max(1e300).default(0)

export const mathEquivalence = defineVerifier({
  kind: 'math_equivalence',
  summary:
    'The final answer of the response is mathematically the same as the reference, however it is written.',
  schema: z
    .strictObject({
      kind: z.literal('math_equivalence'),
      name: verifierName,
      reference: z
        .string()
        .max(MAX_ANSWER)
        .describe(
          'The right answer in LaTeX or plain, or a solution that ends with it, for example \\boxed{1/2}.',
        ),
      tolerance: tolerance.describe('Largest absolute difference of numbers. Default 0.'),
      relative_tolerance: tolerance.describe('Largest difference as a share of the reference. Default 0.'),
    })
    .refine(({ reference }) => findAnswer(reference) !== null, {
      path: ['reference'],
      ...invalidVerifier('must hold an answer'),
    }),
  run(spec, { response, share }) {
    const wanted = findAnswer(spec.reference) ?? spec.reference
    const expected = quote(wanted)
    const given = isSameText(response.slice(0, MAX_ANSWER), wanted) ? wanted : findAnswer(response)
    if (given === null)
      return { passed: false, expected, received: `no answer: ${quote(response.slice(-200))}` }
    const terms = { absolute: exactly(spec.tolerance), relative: exactly(spec.relative_tolerance) }
    const { same, reason } = sameAnswer(given, wanted, terms, share)
    return { passed: same, expected, received: quote(given), ...(reason === undefined ? {} : { reason }) }
  },
})
