import * as z from 'zod'
import { parseJson } from './json-text.ts'
import { quote } from './quote.ts'
import { defineVerifier, verifierName } from './verifier.ts'

export const jsonValid = defineVerifier({
  kind: 'json_valid',
  summary: 'The whole response is strict JSON.',
  schema: z.strictObject({
    kind: z.literal('json_valid'),
    name: verifierName,
    fenced: z
      .boolean()
      .default(false)
      .describe('A response that is one ```json fence counts as its content.'),
  }),
  run({ fenced }, { response }) {
    const parsed = parseJson(response, fenced)
    return {
      passed: parsed.ok,
      expected: fenced ? 'JSON, bare or in one ```json fence' : 'JSON and nothing else',
      received: parsed.ok ? quote(response) : `${quote(response)} (${parsed.message})`,
    }
  },
})
