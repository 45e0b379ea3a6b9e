import * as z from 'zod'
import { sampleLabel } from '../../dialects/sample.ts'

/** What ROLL submits (contracts.md 1.5a). Fields beside these are its own affair. */
export const rollSubmission = z.looseObject({
  prompt: z.string().min(1, 'must not be empty'),
  response: z.string(),
  reward_info: z
    .record(z.string(), z.unknown())
    .nullish()
    .describe('ground_truth is the label, unless the URL says label=reward_info.FIELD.'),
  data_id: sampleLabel.optional(),
  rollout_id: sampleLabel.optional(),
})
export type RollSubmission = z.infer<typeof rollSubmission>

export const rollSubmitted = z.object({ errcode: z.literal(0), reward_request_id: z.string() })

/** How a client polls: the id in the body of a GET or a POST, or in the query. */
export const rollPoll = z.looseObject({ reward_request_id: z.string().min(1, 'must not be empty').max(128) })

/** ROLL's codes: 0 is done, 1 is under way, any other has failed so far. */
export const ROLL_CODES = { done: 0, running: 1, failed: 2 } as const

export const rollResult = z.union([
  z.object({
    errcode: z.literal(ROLL_CODES.done),
    reward_score: z.number(),
    dimention_reward_score: z.record(z.string(), z.unknown()).describe("ROLL's spelling."),
    start_time: z.string(),
    end_time: z.string(),
    judgments: z.array(z.string()),
    substituted: z.boolean(),
  }),
  z.object({ errcode: z.literal(ROLL_CODES.running), message: z.string() }),
  z.object({ errcode: z.literal(ROLL_CODES.failed), message: z.string(), judgments: z.array(z.string()) }),
])
export type RollResult = z.infer<typeof rollResult>
