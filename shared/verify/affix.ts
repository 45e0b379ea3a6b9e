import * as z from 'zod'
import { quote } from './quote.ts'
import { defineVerifier, invalidVerifier, verifierName } from './verifier.ts'

export const affix = defineVerifier({
  kind: 'affix',
  summary: 'The response begins with a prefix, ends with a suffix, or both.',
  schema: z
    .strictObject({
      kind: z.literal('affix'),
      name: verifierName,
      prefix: z.string().min(1).optional(),
      suffix: z.string().min(1).optional(),
      case_sensitive: z.boolean().default(true),
      trim: z.boolean().default(true).describe('Ignore white space around the response.'),
    })
    .refine(
      ({ prefix, suffix }) => prefix !== undefined || suffix !== undefined,
      invalidVerifier('needs a prefix or a suffix'),
    ),
  run({ prefix = '', suffix = '', case_sensitive, trim }, { response }) {
    const normalise = (text: string) => (case_sensitive ? text : text.toLowerCase())
    const trimmed = trim ? response.trim() : response
    const text = normalise(trimmed)
    return {
      passed: text.startsWith(normalise(prefix)) && text.endsWith(normalise(suffix)),
      expected: [prefix && `begins with ${quote(prefix)}`, suffix && `ends with ${quote(suffix)}`]
        .filter(Boolean)
        .join(', '),
      received: trimmed.length <= 160 ? quote(trimmed) : `${quote(trimmed, 80)} ${quote(trimmed.slice(-80))}`,
    }
  },
})
