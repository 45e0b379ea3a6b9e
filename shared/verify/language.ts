import * as z from 'zod'
import { detectLanguage } from './language-id.ts'
import { quote } from './quote.ts'
import { defineVerifier, verifierName } from './verifier.ts'

export const language = defineVerifier({
  kind: 'language',
  summary: 'Most of the response is in one of the given languages.',
  schema: z.strictObject({
    kind: z.literal('language'),
    name: verifierName,
    languages: z
      .array(z.string().regex(/^[a-z]{2}$/, 'must be a code of ISO 639-1 such as "en"'))
      .min(1)
      .max(64),
  }),
  async run({ languages }, { response }) {
    const expected = languages.join(' or ')
    const found = await detectLanguage(response)
    if (found === null) {
      const reason = 'There is too little text to tell its language by.'
      return { passed: null, expected, received: quote(response), reason }
    }
    return { passed: languages.includes(found), expected, received: found }
  },
})
