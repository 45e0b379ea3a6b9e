import * as z from 'zod'
import { defineVerifier } from './verifier.ts'

export const exact = defineVerifier({
  kind: 'exact',
  summary: 'The response equals the given text.',
  schema: z.strictObject({
    kind: z.literal('exact'),
    name: z.string().max(128).optional(),
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
      expected: JSON.stringify(spec.value),
      received: JSON.stringify(response.slice(0, 200)),
    }
  },
})
