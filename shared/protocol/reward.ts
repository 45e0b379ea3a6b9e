import * as z from 'zod'
import { errorData } from './error.ts'
import { judgingFields, pairFields, pairProtocol, usage } from './judgment.ts'
import { classFields, classScores, pointwiseFields } from './pointwise.ts'
import { name, text } from './text.ts'
import { verifierResult } from './verify.ts'

/** How a group is compared by itself: each with a random member, or all among each other. */
export const groupAnchor = z.enum(['random', 'all', 'circular', 'swiss', 'knockout', 'active'])

/** The same, or each with one response that the request names. */
export const anchor = z.union([
  z.enum([...groupAnchor.options, 'greedy']),
  z.strictObject({ index: z.int().min(0) }),
  z.strictObject({ response: text }),
])

/** What a comparison is worth. */
export const rewardShaping = z.enum(['graded', 'half', 'net', 'brpo'])

/** What constraints do to a reward that a model makes (OpenRS's guard and added reward, systems.md 3.2). */
export const verifierRole = z
  .strictObject({
    as: z
      .enum(['guard', 'add', 'both'])
      .describe(
        'guard: who fails a constraint gets the floor where another passes all, and loses to one that does. add: weight times the share of constraints passed is added.',
      ),
    weight: z.number().min(0).max(1e6).optional().describe('add, both: default 1.'),
    floor: z.number().optional().describe('guard, both: default the lowest reward of the range.'),
  })
  .meta({ id: 'VerifierRole' })
export type VerifierRole = z.infer<typeof verifierRole>

/**
 * What is rewarded: responses compared or judged singly; or, with `rubric-arm/judge` and `rubric-arm/generator`, the
 * work of a judge or of a rubric generator in training, against a labelled pair.
 */
export const rewardProtocol = z
  .enum([...pairProtocol.options, 'pointwise', 'verifier', 'rubric-arm/judge', 'rubric-arm/generator'])
  .meta({ id: 'RewardProtocol' })

/** Two responses of which the better one is known. */
export const labelledPair = z
  .strictObject({
    responses: z
      .tuple([text, text], 'must hold exactly two responses')
      .optional()
      .describe('rubric-arm/generator needs them; rubric-arm/judge looks at the winner alone.'),
    winner: z
      .enum(['first', 'second'])
      .describe(
        'Of the two as they stand here; for rubric-arm/judge as the judge was shown them, first being A.',
      ),
  })
  .meta({ id: 'LabelledPair' })

/** `POST /v1/rewards`. */
export const rewardRequest = z
  .strictObject({
    protocol: rewardProtocol.optional(),
    ...judgingFields,
    ...pairFields,
    ...pointwiseFields,
    ...classFields,
    responses: z.array(text).min(1, 'must hold a response').max(64),
    anchor: anchor
      .optional()
      .describe(
        'Of protocols that compare. All against one: random (default), {"index"} in responses, or {"response"} given apart. Among each other: all, circular, swiss, knockout, active. greedy is refused: send that response.',
      ),
    shaping: rewardShaping
      .optional()
      .describe(
        'How a comparison becomes a number. graded (default): score / 2, -1..1. half: 1 a win, 0.5 a tie, 0 a loss. net: 1, 0, -1. brpo: 1 where every vote in both orders agrees that it won, else -1; needs one anchor, which gets 0, and both orders.',
      ),
    inconsistent: z
      .union([z.literal(-1), z.literal(0)])
      .optional()
      .describe('shaping brpo: the reward where votes or orders disagree or tie. Default -1.'),
    fit: z
      .union([
        z.literal('bradley-terry'),
        z.strictObject({ kind: z.literal('bradley-terry'), lambda: z.number().min(1e-6).max(1e6) }),
      ])
      .optional()
      .describe('Strengths fitted to whatever pairs were judged, with a penalty of lambda (default 0.1).'),
    budget: z
      .int()
      .min(1)
      .max(2016)
      .optional()
      .describe('anchor active: how many comparisons to spend. Default 2 a response.'),
    group_size: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe('How many responses the group must have; any other number is refused.'),
    verifiers: verifierRole
      .optional()
      .describe('What the constraints are for where a model judges. Default {"as": "guard"}.'),
    pair: labelledPair
      .optional()
      .describe('rubric-arm/judge and rubric-arm/generator: the pair that their work is held against.'),
    run: z
      .strictObject({ id: name, step: z.int().min(0) })
      .optional()
      .describe(
        'Where training is: each step draws the group in another order, and so another random anchor.',
      ),
  })
  .meta({ id: 'RewardRequest' })
export type RewardRequest = z.infer<typeof rewardRequest>

export const reward = z
  .object({
    index: z.int(),
    reward: z.number().nullable(),
    classes: classScores
      .optional()
      .describe(
        'pointwise: the score of each meta-class; null, which is not 0, where the rubric has nothing for it.',
      ),
    parts: z
      .object({ accuracy: z.int(), format: z.int() })
      .optional()
      .describe('rubric-arm/judge: the two terms of the reward, 0 or 1 each.'),
    faults: z
      .array(z.string())
      .optional()
      .describe('rubric-arm/judge and rubric-arm/generator: what breaks the form, a sentence each.'),
    verifiers: z.array(verifierResult).optional(),
    judgments: z.array(z.string()).optional().describe('Ids of the judgments that made it.'),
    strength: z
      .number()
      .optional()
      .describe('fit: the log odds of beating a response of mean strength; the strengths sum to 0.'),
    standard_error: z.number().optional().describe('fit: of the strength.'),
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
    all_equal: z
      .literal(true)
      .optional()
      .describe('All responses are the same text, so that they say nothing of each other.'),
    group_kept: z
      .boolean()
      .optional()
      .describe(
        'shaping brpo: false where the rewards, nulls left out, are so one-sided that BRPO drops the group.',
      ),
    guard: z
      .enum(['none_failed', 'some_failed', 'none_passed'])
      .optional()
      .describe('none_passed: no response passes all constraints, so that the judge alone decided.'),
    usage,
  })
  .meta({ id: 'RewardList' })
export type RewardList = z.infer<typeof rewardList>
