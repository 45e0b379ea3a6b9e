import * as z from 'zod'
import { affix } from './affix.ts'
import { citations } from './citing/citations.ts'
import { links } from './citing/links.ts'
import { code } from './code/code.ts'
import { program } from './code/program.ts'
import { all, any, atLeastN, not, when } from './compose/logic.ts'
import { each, part, some } from './compose/parted.ts'
import { COMPOSITE_LIMITS, countVerifiers, depthOf } from './compose/size.ts'
import type { VerifierSpec } from './compose/spec.ts'
import { contains } from './contains.ts'
import { exact } from './exact.ts'
import { INSTRUCTIONS, instructionSchemas, withoutNullArguments } from './instructions/instructions.ts'
import { jsonSchema } from './json-schema.ts'
import { jsonValid } from './json-valid.ts'
import { language } from './language.ts'
import { mathEquivalence } from './math/math-equivalence.ts'
import { multipleChoice } from './math/multiple-choice.ts'
import { numericAnswer } from './numeric-answer.ts'
import { regex } from './regex.ts'
import { similarity } from './similarity/similarity.ts'
import { textCount } from './text-count.ts'
import { invalidVerifier } from './verifier.ts'
import { wordCount } from './word-count.ts'

export type { VerifierSpec } from './compose/spec.ts'

/** Every verifier, one file each; the instructions of IFEval and IFBench have a table of their own. */
export const VERIFIERS = {
  exact,
  contains,
  regex,
  word_count: wordCount,
  text_count: textCount,
  json_valid: jsonValid,
  json_schema: jsonSchema,
  affix,
  numeric_answer: numericAnswer,
  math_equivalence: mathEquivalence,
  multiple_choice: multipleChoice,
  language,
  similarity,
  links,
  citations,
  code,
  program,
  ...INSTRUCTIONS,
  all,
  any,
  not,
  at_least: atLeastN,
  when,
  each,
  some,
  part,
} as const

const leaves = [
  exact.schema,
  contains.schema,
  regex.schema,
  wordCount.schema,
  textCount.schema,
  jsonValid.schema,
  jsonSchema.schema,
  affix.schema,
  numericAnswer.schema,
  mathEquivalence.schema,
  multipleChoice.schema,
  language.schema,
  similarity.schema,
  links.schema,
  citations.schema,
  code.schema,
  program.schema,
  ...instructionSchemas,
] as const

/** A verifier that is made of no others. */
export type LeafSpec = z.infer<(typeof leaves)[number]>

const composites = [
  all.schema,
  any.schema,
  not.schema,
  atLeastN.schema,
  when.schema,
  each.schema,
  some.schema,
  part.schema,
] as const

export const verifierSpec: z.ZodType<VerifierSpec> = z
  .preprocess(withoutNullArguments, z.discriminatedUnion('kind', [...leaves, ...composites]))
  .refine(
    (spec: VerifierSpec) => countVerifiers(spec) <= COMPOSITE_LIMITS.verifiers,
    invalidVerifier(`is made of more than ${COMPOSITE_LIMITS.verifiers} verifiers: split it`),
  )
  .refine(
    (spec: VerifierSpec) => depthOf(spec) <= COMPOSITE_LIMITS.depth,
    invalidVerifier(`is nested more than ${COMPOSITE_LIMITS.depth} levels deep: flatten it`),
  )
  .meta({ id: 'Verifier' })
