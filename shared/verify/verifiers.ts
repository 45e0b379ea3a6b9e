import * as z from 'zod'
import { affix } from './affix.ts'
import { contains } from './contains.ts'
import { exact } from './exact.ts'
import { INSTRUCTIONS, instructionSchemas, withoutNullArguments } from './instructions/instructions.ts'
import { jsonSchema } from './json-schema.ts'
import { jsonValid } from './json-valid.ts'
import { mathEquivalence } from './math/math-equivalence.ts'
import { multipleChoice } from './math/multiple-choice.ts'
import { numericAnswer } from './numeric-answer.ts'
import { regex } from './regex.ts'
import { wordCount } from './word-count.ts'

/** Every verifier, one file each; the instructions of IFEval and IFBench have a table of their own. */
export const VERIFIERS = {
  exact,
  contains,
  regex,
  word_count: wordCount,
  json_valid: jsonValid,
  json_schema: jsonSchema,
  affix,
  numeric_answer: numericAnswer,
  math_equivalence: mathEquivalence,
  multiple_choice: multipleChoice,
  ...INSTRUCTIONS,
} as const

export const verifierSpec = z
  .preprocess(
    withoutNullArguments,
    z.discriminatedUnion('kind', [
      exact.schema,
      contains.schema,
      regex.schema,
      wordCount.schema,
      jsonValid.schema,
      jsonSchema.schema,
      affix.schema,
      numericAnswer.schema,
      mathEquivalence.schema,
      multipleChoice.schema,
      ...instructionSchemas,
    ]),
  )
  .meta({ id: 'Verifier' })
export type VerifierSpec = z.infer<typeof verifierSpec>
