import * as z from 'zod'
import { detectLanguage } from '../../language-id.ts'
import { defineInstruction, instruction } from '../instruction.ts'

/** `language:*` of IFEval. */
export const responseLanguage = defineInstruction({
  kind: 'language:response_language',
  summary: 'The response is in a language. One too short or plain to tell passes, as in the reference.',
  schema: instruction('language:response_language', {
    language: z
      .string()
      .regex(/^[a-z]{2}(-[a-z]{2})?$/i)
      .describe('ISO 639-1, such as "de".'),
  }),
  async check(response, { language }) {
    const found = await detectLanguage(response)
    return {
      passed: found === null || found === language.toLowerCase(),
      expected: `the language ${language}`,
      received: found === null ? 'no language to tell' : `the language ${found}`,
    }
  },
})
