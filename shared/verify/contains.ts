import * as z from 'zod'
import { quote } from './quote.ts'
import { defineVerifier, verifierName } from './verifier.ts'

export const contains = defineVerifier({
  kind: 'contains',
  summary: 'The response holds all, any or none of the given texts.',
  schema: z.strictObject({
    kind: z.literal('contains'),
    name: verifierName,
    values: z.array(z.string().min(1)).min(1).max(256),
    match: z.enum(['all', 'any', 'none']).default('all'),
    case_sensitive: z.boolean().default(true),
  }),
  run(spec, { response }) {
    const normalise = (text: string) => (spec.case_sensitive ? text : text.toLowerCase())
    const haystack = normalise(response)
    const present = spec.values.filter((value) => haystack.includes(normalise(value)))
    return {
      passed: PASSES[spec.match](present.length, spec.values.length),
      expected: `${spec.match} of ${list(spec.values)}`,
      received: present.length === 0 ? 'none of them' : list(present),
    }
  },
})

const PASSES = {
  all: (present: number, wanted: number) => present === wanted,
  any: (present: number) => present > 0,
  none: (present: number) => present === 0,
}

const list = (values: string[]) => values.map((value) => quote(value, 80)).join(', ')
