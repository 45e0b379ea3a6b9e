import * as z from 'zod'
import { verifierSpec } from '../../verify/verifiers.ts'
import { prompt } from '../message.ts'
import { parseWith } from '../parse.ts'
import { classFields } from '../pointwise.ts'
import { rubricInput } from '../rubric.ts'
import { name, text } from '../text.ts'
import { alternation } from './alternation.ts'
import { epochFields } from './epochs.ts'
import { judgeSettings } from './judge.ts'
import { policyFields } from './policy.ts'
import { trainingFields } from './training.ts'

/** Prompts that a run sets aside to choose meta-classes by. */
const heldOut = z.strictObject({
  share: z
    .number()
    .positive('must be above 0: a class is chosen by held-out prompts')
    .max(0.5, 'must be at most 0.5')
    .default(0.2)
    .describe('Of the training prompts, by a hash of each: they are never trained on.'),
  most: z
    .int()
    .min(1)
    .max(100_000)
    .default(256)
    .describe('Prompts of them that are answered at each evaluation.'),
  samples: z.int().min(1).max(64).default(1).describe('Responses to each.'),
  temperature: z
    .number()
    .min(0)
    .max(2)
    .default(0)
    .describe('0 answers greedily; else by a seed that is the same each time.'),
  overall: z
    .enum(['classes', 'whole'])
    .default('classes')
    .describe(
      'The overall score: the weighted mean of the classes, or the score of the whole rubric (HealthBench).',
    ),
})

/**
 * Training a policy on one meta-class of rewards at a time (ARL-RR, arXiv 2603.15646), and the baselines that it is held
 * against. Of the paper's own search, lengths and rates nothing could be read: all of it is our reconstruction.
 */
export const arlRrSettings = z
  .strictObject({
    ...trainingFields,
    ...policyFields,
    adapter: epochFields.adapter,
    objective: z
      .enum(['alternate', 'scalarised', 'overall', 'normalised'])
      .default('alternate')
      .describe(
        'What a group is rewarded by. alternate: one class a phase. scalarised: the weighted mean of all. overall: the score of the whole rubric. normalised: each class normalised within its group, then the weighted mean (GDPO-like).',
      ),
    steps: z
      .int()
      .min(1, 'must be at least 1')
      .max(1_000_000)
      .default(200)
      .describe('steps * prompts * group_size completions are the budget; those of probes count too.'),
    classes: classFields.classes
      .nullable()
      .default(null)
      .describe('The tags that belong to each meta-class; null makes each tag a class.'),
    class_weights: classFields.class_weights
      .nullable()
      .default(null)
      .describe('Of the weighted mean; null weighs all alike.'),
    alternation: alternation.prefault({}),
    phase_steps: z
      .int()
      .min(1, 'must be at least 1')
      .max(100_000)
      .default(20)
      .describe('Steps on one class; with another objective, steps between two evaluations.'),
    check_every: z
      .int()
      .min(1, 'must be at least 1')
      .max(100_000)
      .nullable()
      .default(null)
      .describe('Steps after which a phase is held against the floor; null checks at its end alone.'),
    held_out: heldOut.prefault({}),
    judge: judgeSettings.prefault({}).describe('Of rubrics; verifiers need none.'),
  })
  .superRefine(({ objective, alternation: { selector }, phase_steps }, context) => {
    if (objective !== 'alternate' || selector.kind !== 'probe' || !selector.keep) return
    if (selector.steps < phase_steps) return
    const message = `must be below phase_steps, which is ${phase_steps}: the steps of the copy that is gone on from are the first of its phase; lower it, raise phase_steps, or set keep to false`
    context.addIssue({ code: 'custom', path: ['alternation', 'selector', 'steps'], message })
  })
  .meta({ id: 'ArlRrSettings' })
export type ArlRrSettings = z.infer<typeof arlRrSettings>

/** A line of a training file: a prompt with verifiers by tag, or with a rubric whose criteria carry tags. */
export const arlRrExample = z
  .strictObject({
    prompt,
    verifiers: z
      .record(name, z.array(verifierSpec).min(1, 'must hold a verifier').max(64))
      .refine((tags) => Object.keys(tags).length > 0, 'must name a tag')
      .optional()
      .describe('By tag: a response scores the share that it passes.'),
    rubric: rubricInput
      .refine(
        ({ criteria }) => criteria.some(({ tags }) => tags !== undefined),
        'has no tags: give criteria the tags that meta-classes are made of',
      )
      .optional()
      .describe('Judged response by response, met or not met.'),
    reference: text.optional().describe('With a rubric: a reference answer that the judge is shown.'),
  })
  .refine(({ verifiers, rubric }) => (verifiers === undefined) !== (rubric === undefined), {
    message: 'or rubric is needed, and only one of them',
    path: ['verifiers'],
  })
  .meta({ id: 'ArlRrExample' })
export type ArlRrExample = z.infer<typeof arlRrExample>

/** Throws one `PlumblineError` for the first thing that is wrong with the line. */
export const readArlRrExample = (line: object): ArlRrExample => parseWith(arlRrExample, line)
