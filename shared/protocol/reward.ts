import * as z from 'zod'
import { errorData } from './error.ts'
import { judgingFields, pairFields, pairProtocol, usage } from './judgment.ts'
import { name, text } from './text.ts'
import { verifierResult } from './verify.ts'

/** What the others of a group are compared with. */
export const anchor = z.union([
  z.enum(['random', 'all']),
  z.strictObject({ index: z.int().min(0) }),
  z.strictObject({ response: text }),
])

/** `POST /v1/rewards`. */
export const rewardRequest = z
  .strictObject({
    protocol: z.enum([...pairProtocol.options, 'pointwise', 'verifier']).optional(),
    ...judgingFields,
    ...pairFields,
    responses: z.array(text).min(1, 'must hold a response').max(64),
    anchor: anchor.optional().describe('openrs only. Default random.'),
    shaping: z
      .enum(['graded', 'half'])
      .optional()
      .describe('openrs: graded is score / 2 in [-1, 1]; half is 1 for a win, 0.5 for a tie, 0 for a loss.'),
    run: z.strictObject({ id: name, step: z.int().min(0) }).optional(),
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
