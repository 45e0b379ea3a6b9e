import * as z from 'zod'
import { compilePattern, MAX_WORK } from './pattern.ts'
import { quote } from './quote.ts'
import { defineVerifier, invalidVerifier, verifierName } from './verifier.ts'

export const regex = defineVerifier({
  kind: 'regex',
  summary:
    'The response matches a pattern, which runs in linear time (RE2: no look-around, no back references).',
  schema: z
    .strictObject({
      kind: z.literal('regex'),
      name: verifierName,
      pattern: z.string().min(1),
      flags: z
        .string()
        .regex(/^[ims]{0,3}$/, 'may hold i, m and s')
        .default(''),
      full: z.boolean().default(false).describe('The pattern must match the whole response.'),
      negate: z.boolean().default(false).describe('The response must not match.'),
    })
    .superRefine(({ pattern, flags }, context) => {
      const compiled = compilePattern(pattern, flags)
      if (typeof compiled !== 'string') return
      context.addIssue({ code: 'custom', path: ['pattern'], ...invalidVerifier(compiled) })
    }),
  run({ pattern, flags, full, negate }, { response, share }) {
    const expected = `${negate ? 'no ' : ''}${full ? 'full ' : ''}match of /${pattern}/${flags}`
    const received = quote(response)
    const compiled = compilePattern(pattern, flags)
    if (typeof compiled === 'string') {
      return { passed: null, expected, received, reason: `The pattern ${compiled}.` }
    }
    if (compiled.work(response.length) > MAX_WORK * share) {
      const reason =
        'The pattern is too large for a response of this length: write a shorter pattern, or send fewer verifiers a call.'
      return { passed: null, expected, received, reason }
    }
    const matches = full ? compiled.spans(response) : compiled.found(response)
    return { passed: matches !== negate, expected, received }
  },
})
