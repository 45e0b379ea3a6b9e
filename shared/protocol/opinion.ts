import * as z from 'zod'
import { rule } from './rubric.ts'

/** What a judge wrote of one criterion and one response (Rubric-ARM, systems.md 1.4). */
export const criterionNote = z
  .object({
    criterion: z.int().describe('Its number in the rubric, from 1.'),
    rule,
    justification: z.string(),
  })
  .meta({ id: 'CriterionNote' })
export type CriterionNote = z.infer<typeof criterionNote>

/** A verdict on two responses as wholes, where a protocol asks for one instead of verdicts on criteria. */
export const opinion = z
  .object({
    verdict: z
      .number()
      .nullable()
      .describe('-2..2; positive favours the response that this order shows first; null where unreadable.'),
    confidence: z
      .number()
      .nullable()
      .describe('Probability of the sign of the verdict, where verdicts are probabilities; else null.'),
    reason: z.string().nullable(),
    gatekeeper: z
      .string()
      .optional()
      .describe('rubric-arm: the objective criterion that the judge put above the others.'),
    analysis: z
      .object({ first: z.array(criterionNote), second: z.array(criterionNote) })
      .optional()
      .describe('rubric-arm: by response, first being the one that this order shows first.'),
    raw: z.string().optional().describe('The reply as it came, cut short, where it could not be read.'),
  })
  .meta({ id: 'Opinion' })
export type Opinion = z.infer<typeof opinion>
