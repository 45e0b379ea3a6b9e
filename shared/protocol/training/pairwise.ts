import * as z from 'zod'
import { verifierSpec } from '../../verify/verifiers.ts'
import { orderPolicy, pairProtocol } from '../judgment.ts'
import { prompt } from '../message.ts'
import { parseWith } from '../parse.ts'
import { groupAnchor, verifierRole } from '../reward.ts'
import { rubricInput } from '../rubric.ts'
import { name, text } from '../text.ts'
import { epochFields } from './epochs.ts'
import { judgeSettings } from './judge.ts'
import { policyFields } from './policy.ts'
import { trainingFields } from './training.ts'

/**
 * Training a policy on comparisons within its own groups (BRPO of Writing-Zero, arXiv 2506.00103, or graded rewards) with
 * verifiable rewards beside them, as OpenRS does (arXiv 2602.14069). Of OpenRS's own settings none could be read
 * (systems.md 3.5): the sizes are Writing-Zero's where it gives them.
 */
export const pairwiseSettings = z
  .strictObject({
    ...trainingFields,
    ...policyFields,
    group_size: policyFields.group_size.default(16),
    advantages: policyFields.advantages
      .nullable()
      .default(null)
      .describe(
        'null takes what belongs to the shaping: brpo for brpo, which takes rewards as they are and drops one-sided groups; no_std for all others.',
      ),
    adapter: epochFields.adapter,
    steps: z.int().min(1, 'must be at least 1').max(1_000_000).default(200).describe('Updates.'),
    protocol: pairProtocol
      .default('openrs')
      .describe('How two completions are judged; each pair in both orders.'),
    anchor: groupAnchor
      .default('random')
      .describe(
        'With whom of its group a completion is compared: one at random, another in each step, or all among each other.',
      ),
    shaping: z
      .enum(['brpo', 'graded', 'half', 'net'])
      .default('brpo')
      .describe(
        'What a comparison is worth. brpo: 1 where every vote in both orders agrees that it won, else -1. graded: score / 2. half: 1 a win, 0.5 a tie, 0 a loss. net: 1, 0, -1.',
      ),
    inconsistent: z
      .union([z.literal(-1), z.literal(0)])
      .default(-1)
      .describe('shaping brpo: the reward where orders or votes disagree or tie.'),
    orders: orderPolicy.exclude(['forward', 'backward']).default('strict'),
    votes: z.int().min(1).max(15).default(1).describe('Passes over each order.'),
    meta_rubric: name.default('general').describe('name, name@version, or "auto".'),
    verifiers: verifierRole
      .default({ as: 'both' })
      .describe(
        "What an example's constraints are for: a guard, an added reward, or both as OpenRS has it. Its weight there is not known; 1 is ours.",
      ),
    judge: judgeSettings.prefault({}),
  })
  .refine(({ shaping, anchor }) => shaping !== 'brpo' || anchor === 'random', {
    message: 'has to be random with shaping brpo: BRPO compares with one member of the group',
    path: ['anchor'],
  })
  .meta({ id: 'PairwiseSettings' })
export type PairwiseSettings = z.infer<typeof pairwiseSettings>

/** A line of a training file: a prompt, with constraints that can be checked and what a judge is to go by, if any. */
export const pairwiseExample = z
  .strictObject({
    prompt,
    constraints: z.array(verifierSpec).max(64).optional().describe('Verifiers of a completion.'),
    rubric: rubricInput.optional().describe('In the place of one that the judge makes.'),
    reference: text.optional().describe('A reference answer that the judge is shown.'),
  })
  .meta({ id: 'PairwiseExample' })
export type PairwiseExample = z.infer<typeof pairwiseExample>

/** Throws one `PlumblineError` for the first thing that is wrong with the line. */
export const readPairwiseExample = (line: object): PairwiseExample => parseWith(pairwiseExample, line)
