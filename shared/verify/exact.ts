import * as z from 'zod'
import { quote } from './quote.ts'
import { defineVerifier, verifierName } from './verifier.ts'

export const exact = defineVerifier({
  kind: 'exact',
  summary: 'The response equals the given text.',
  schema: z.strictObject({
    kind: z.literal('exact'),
    name: verifierName,
    value: z.string(),
    case_sensitive: z.boolean().default(true),
    trim: z.boolean().default(true).describe('Ignore white space around both texts.'),
  }),
  run(spec, { response }) {
    const normalise = (text: string) => {
      const trimmed = spec.trim ? text.trim() : text
      return spec.case_sensitive ? trimmed : trimmed.toLowerCase()
    }
    return {
      passed: normalise(response) === normalise(spec.value),
      expected: quote(spec.value),
      received: quote(response),
    }
  },
})
