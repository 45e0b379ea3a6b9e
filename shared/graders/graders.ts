import * as z from 'zod'
import { labelModel } from './label-model.ts'
import { python } from './python.ts'
import { scoreModel } from './score-model.ts'
import { stringCheck } from './string-check.ts'
import { textSimilarity } from './text-similarity.ts'

/** Every kind of grader that gives a score of its own, by its type. */
export const GRADERS = {
  string_check: stringCheck,
  text_similarity: textSimilarity,
  score_model: scoreModel,
  label_model: labelModel,
  python,
} as const

const TYPES = [...Object.keys(GRADERS), 'multi']

/** A grader of one kind. */
export const leafGrader = z.discriminatedUnion(
  'type',
  [stringCheck.schema, textSimilarity.schema, scoreModel.schema, labelModel.schema, python.schema],
  { error: ({ input }) => unknownType(input) },
)
export type LeafGrader = z.infer<typeof leafGrader>

/** Each may be a call to a model, and all are under way at once. */
const MOST_GRADERS = 32

const holdsSome = (named: object) => Object.keys(named).length > 0

/** Several graders and a formula of their scores: one grader, a list, or an object by name. */
const multiGrader = z.object({
  type: z.literal('multi'),
  name: z.string(),
  graders: z
    .union([
      leafGrader,
      z.array(leafGrader).min(1),
      z.record(z.string(), leafGrader).refine(holdsSome, 'must hold a grader'),
    ])
    .refine(
      (graders) => Object.keys(graders).length <= MOST_GRADERS,
      `must be at most ${MOST_GRADERS}: divide them among several calls`,
    ),
  calculate_output: z
    .string()
    .describe(
      'A formula of the names of graders, with + - * / ^ and min, max, abs, floor, ceil, exp, sqrt, log.',
    ),
  invalid_grade: z
    .number()
    .nullish()
    .describe('The reward where a grader that the formula reads could not tell; without it there is none.'),
})
export type MultiGrader = z.infer<typeof multiGrader>

export const grader = z
  .discriminatedUnion('type', [leafGrader, multiGrader], { error: ({ input }) => unknownType(input) })
  .meta({ id: 'Grader' })
export type Grader = z.infer<typeof grader>

function unknownType(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  const type = 'type' in input ? input.type : undefined
  if (type === 'endpoint') {
    return 'is an endpoint grader, which Plumbline does not call: point Foundry at /rlhf/foundry of this service instead'
  }
  return `must have a type that is one of ${TYPES.join(', ')}`
}
