import * as z from 'zod'
import { affix } from './affix.ts'
import { contains } from './contains.ts'
import { exact } from './exact.ts'
import { jsonSchema } from './json-schema.ts'
import { jsonValid } from './json-valid.ts'
import { numericAnswer } from './numeric-answer.ts'
import { regex } from './regex.ts'
import { wordCount } from './word-count.ts'

/** Every verifier, one file each. */
export const VERIFIERS = {
  exact,
  contains,
  regex,
  word_count: wordCount,
  json_valid: jsonValid,
  json_schema: jsonSchema,
  affix,
  numeric_answer: numericAnswer,
} as const

export const verifierSpec = z
  .discriminatedUnion('kind', [
    exact.schema,
    contains.schema,
    regex.schema,
    wordCount.schema,
    jsonValid.schema,
    jsonSchema.schema,
    affix.schema,
    numericAnswer.schema,
  ])
  .meta({ id: 'Verifier' })
export type VerifierSpec = z.infer<typeof verifierSpec>
