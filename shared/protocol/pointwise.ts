import * as z from 'zod'
import { name } from './text.ts'

/**
 * How a single response is scored. `explicit`: every criterion is judged met or not met, and its weight counts
 * (HealthBench, systems.md 2.2; RaR explicit, 4; weighted trees). `implicit`: one rating from 1 to 10 in sight of
 * all criteria (RaR implicit). `probability`: p(met) - p(not met) takes the place of met (Rubric-ARROW, 1.10).
 */
export const scoring = z.enum(['explicit', 'implicit', 'probability']).meta({ id: 'Scoring' })
export type Scoring = z.infer<typeof scoring>

/** What a request may say of how a single response is judged. */
export const pointwiseFields = {
  scoring: scoring
    .optional()
    .describe(
      'explicit (default): the weights of what is met. implicit: one rating, 1..10, in sight of all criteria. probability: p(met) - p(not met) for each criterion, which needs a model that gives log-probabilities.',
    ),
  criteria_per_call: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe(
      'Criteria that a model which writes is asked about at once. Default 1 with points, as HealthBench has it, else 16.',
    ),
}

/** One criterion, judged of a single response. */
export const metVerdict = z
  .object({
    id: z.string(),
    met: z
      .number()
      .nullable()
      .describe(
        'Probability that the criterion is met, 0..1: of one with points below 0, that the response has the fault. null where it could not be judged.',
      ),
    evidence: z.string().nullable(),
    reason: z.string().nullable().describe('Where met is null: why it could not be judged.'),
  })
  .meta({ id: 'MetVerdict' })
export type MetVerdict = z.infer<typeof metVerdict>

/** `scoring: "implicit"`: the rating of a response as a whole. */
export const rating = z
  .object({
    value: z.number().describe('1..10; the mean over votes.'),
    reason: z.string().nullable(),
  })
  .meta({ id: 'Rating' })
export type Rating = z.infer<typeof rating>

/** A score for each meta-class; null where the rubric has nothing that scores it, or it could not be judged. */
export const classScores = z.record(z.string(), z.number().nullable()).meta({ id: 'ClassScores' })
export type ClassScores = z.infer<typeof classScores>

/** What a request for rewards may say of the meta-classes of its rubric. */
export const classFields = {
  classes: z
    .record(name, z.array(name).min(1, 'must hold a tag').max(256))
    .refine((classes) => Object.keys(classes).length > 0, 'must name a class')
    .refine((classes) => Object.keys(classes).length <= 64, 'must name at most 64 classes')
    .optional()
    .describe('pointwise: the tags that belong to each meta-class. Default: each tag is a class.'),
  class_weights: z
    .record(name, z.number().min(0).max(1e6))
    .refine((weights) => Object.values(weights).some((weight) => weight > 0), 'must have a weight above 0')
    .optional()
    .describe(
      'pointwise: the reward is then the weighted mean over these classes, those that the rubric has nothing for left out.',
    ),
}
