import * as z from 'zod'
import { verifierSpec } from '../verify/verifiers.ts'
import { errorData } from './error.ts'
import { cacheMode, mode, orderPolicy, usage } from './judgment.ts'
import { prompt } from './message.ts'
import { rubricInput } from './rubric.ts'
import { name, text } from './text.ts'
import { verifierResult } from './verify.ts'

/** What the others of a group are compared with. */
export const anchor = z.union([
  z.enum(['random', 'all']),
  z.strictObject({ index: z.int().min(0) }),
  z.strictObject({ response: text }),
])
export type Anchor = z.infer<typeof anchor>

/** `POST /v1/rewards`. */
export const rewardRequest = z
  .strictObject({
    protocol: z.enum(['openrs', 'pointwise', 'verifier']).optional(),
    prompt,
    responses: z.array(text).min(1, 'must hold a response').max(64),
    anchor: anchor.optional().describe('openrs only. Default random.'),
    shaping: z
      .enum(['graded', 'half'])
      .optional()
      .describe('openrs: graded is score / 2 in [-1, 1]; half is 1 for a win, 0.5 for a tie, 0 for a loss.'),
    rubric: z.union([z.string(), rubricInput]).optional(),
    meta_rubric: z.string().optional(),
    reference: text.optional(),
    constraints: z.array(verifierSpec).max(64).optional(),
    orders: orderPolicy.optional(),
    min_score: z.number().min(0).max(2).optional(),
    mode: mode.optional(),
    votes: z.int().min(1).max(15).optional(),
    run: z.strictObject({ id: name, step: z.int().min(0) }).optional(),
    model: name.optional(),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .optional(),
    cache: cacheMode.optional(),
  })
  .meta({ id: 'RewardRequest' })
export type RewardRequest = z.infer<typeof rewardRequest>

export const reward = z
  .object({
    index: z.int(),
    reward: z.number().nullable(),
    verifiers: z.array(verifierResult).optional(),
    judgments: z.array(z.string()).optional().describe('Ids of the judgments that made it.'),
    error: errorData.optional(),
  })
  .meta({ id: 'Reward' })
export type Reward = z.infer<typeof reward>

export const rewardList = z
  .object({
    object: z.literal('reward.list'),
    data: z.array(reward),
    anchor: z
      .object({ index: z.int().nullable() })
      .optional()
      .describe('The anchor taken; null index for a given response.'),
    usage,
  })
  .meta({ id: 'RewardList' })
export type RewardList = z.infer<typeof rewardList>
