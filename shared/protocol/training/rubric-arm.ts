import * as z from 'zod'
import { type Message, prompt, toMessages } from '../message.ts'
import { parseWith } from '../parse.ts'
import { name, text } from '../text.ts'
import { policyFields } from './policy.ts'
import { withRecipe } from './rubric-arm-recipes.ts'
import { scheduleSettings, trainingFields } from './training.ts'

/**
 * How the two models are asked and read: the published form, our short one for small models, or that with a judge which
 * is not shown the request, so that it can go by the rubric alone.
 */
export const armFormName = z.enum(['full', 'small', 'blind'])
export type ArmFormName = z.infer<typeof armFormName>

/** One role in the alternation. */
const roleSettings = z.strictObject({
  ...policyFields,
  steps: z
    .int()
    .min(1, 'must be at least 1')
    .max(100_000)
    .nullable()
    .default(null)
    .describe('Of each of its phases; null goes through the part once.'),
})
export type ArmRoleSettings = z.infer<typeof roleSettings>

/** One role in the warm-up on trajectories. */
const warmUpSettings = z.strictObject({
  epochs: z.int().min(0, 'must be at least 0: 0 leaves the warm-up out').max(1000).default(0),
  batch_size: z.int().min(1, 'must be at least 1').max(4096).default(64),
  learning_rate: z.number().positive('must be above 0: use epochs 0 for no warm-up').max(1).default(5e-6),
  schedule: scheduleSettings.prefault({ kind: 'cosine', warmup: 0.05 }),
  shuffle: z
    .boolean()
    .default(true)
    .describe(
      'false goes through the examples in the order of the file: easy ones first, or both orders of a pair in one batch.',
    ),
})
export type WarmUpSettings = z.infer<typeof warmUpSettings>

const teacherSettings = z
  .strictObject({
    model: name.describe("The model entry that writes, at the service of the worker's PLUMBLINE_URL."),
    judge: name.nullable().default(null).describe('The entry that judges by the rubrics; null is model.'),
    pairs: z
      .int()
      .min(1, 'must be at least 1: leave the teacher out where it is to write nothing')
      .nullable()
      .default(null)
      .describe('The first so many of those that lack a rubric; null is all.'),
    max_tokens: z
      .int()
      .min(16, 'must be at least 16')
      .max(131_072)
      .default(4096)
      .describe('Of a reply, thoughts included.'),
    max_concurrent: z.int().min(1, 'must be at least 1').max(64).default(4).describe('Calls in flight.'),
  })
  .nullable()
  .default(null)
  .describe(
    "Writes a rubric of each prompt and judges its pairs by it, at the service of the worker's PLUMBLINE_URL, where the data have none: model writes, judge judges (null: model too), pairs are the first so many (null: all).",
  )
export type TeacherSettings = NonNullable<z.infer<typeof teacherSettings>>

const recipe = z
  .enum(['paper', 'small'])
  .default('paper')
  .describe('What every field that is not given is taken from.')
export type RubricArmRecipe = z.infer<typeof recipe>

const settings = z.strictObject({
  ...trainingFields,
  recipe,
  form: armFormName.default('full'),
  parts: z
    .int()
    .min(1, 'must be at least 1')
    .max(100)
    .default(3)
    .describe('Disjoint parts of the pairs, cut by prompt; both roles are trained on each in turn.'),
  order: z
    .enum(['judge_first', 'generator_first', 'simultaneous', 'judge_only'])
    .default('judge_first')
    .describe(
      'simultaneous updates both roles in every step; judge_only trains the judge in the place of the generator, on as many completions.',
    ),
  rubrics: z
    .enum(['cached', 'resampled'])
    .default('cached')
    .describe(
      'Whether the judge is trained by one rubric of a prompt throughout a phase; with order simultaneous by a new one in each step, whatever is said here.',
    ),
  format_reward: z.boolean().default(true),
  reference: z
    .enum(['start', 'phase'])
    .default('start')
    .describe("What kl is taken from: each role after the warm-up, or at its phase's start."),
  text_tokens: z
    .int()
    .min(1, 'must be at least 1')
    .nullable()
    .default(null)
    .describe('A pair with a longer prompt or response is left out and counted.'),
  judge: roleSettings.prefault({}),
  generator: roleSettings.prefault({}),
  warm_up: z
    .strictObject({
      judge: warmUpSettings.prefault({}),
      generator: warmUpSettings.prefault({}),
      consistency: z
        .number()
        .min(0, 'must be at least 0')
        .max(1, 'must be at most 1: it is a share')
        .default(0.5)
        .describe(
          "A rubric is learnt by which at least this share of its judgments name the label's winner.",
        ),
      teacher: teacherSettings,
    })
    .refine(({ teacher, judge, generator }) => teacher === null || judge.epochs + generator.epochs > 0, {
      message: 'needs epochs above 0 of the judge or the generator: else nobody learns what it writes',
      path: ['teacher'],
    })
    .prefault({}),
})

/** Rubric-ARM: a rubric generator and a judge, trained in turn from labelled pairs (arXiv 2602.01511). */
export const rubricArmSettings = z.preprocess(withRecipe, settings).meta({ id: 'RubricArmSettings' })
export type RubricArmSettings = z.infer<typeof rubricArmSettings>

/** What a teacher wrote of a pair: a rubric, and a judge's text by it over the pair in the order in which it was shown. */
export type Trajectory = { rubric: string; text: string | null; order: 'forward' | 'backward' }

export type LabelledPair = {
  id: string | null
  prompt: Message[]
  responses: [string, string]
  winner: 'first' | 'second'
  trajectory: Trajectory | null
}

const winner = z.enum(['first', 'second'], 'must be first or second: a tie trains nobody')
const pair = z
  .object({
    id: z.union([z.string(), z.number()]).optional(),
    prompt,
    responses: z.tuple([text, text], 'must hold exactly two responses'),
    winner: winner.optional(),
    label: winner.optional().describe('The same.'),
    rubric: text.optional().describe("A teacher's, as a generator writes it, for the warm-up."),
    trajectory: text.optional().describe("A teacher's judgment by that rubric."),
    order: z.enum(['forward', 'backward']).default('forward'),
  })
  .refine(({ winner, label }) => (winner === undefined) !== (label === undefined), {
    message: 'or label is needed, and only one of them',
    path: ['winner'],
  })
  .refine(({ rubric, trajectory }) => rubric !== undefined || trajectory === undefined, {
    message: 'needs the rubric that it judges by',
    path: ['trajectory'],
  })

/** A line of a training file: `prompt`, `responses`, `winner`, and of a teacher `rubric`, `trajectory`, `order`. Fields beside them are not read. */
export function readLabelledPair(line: object): LabelledPair {
  const { id, prompt, responses, winner, label, rubric, trajectory, order } = parseWith(pair, line)
  return {
    id: id === undefined ? null : String(id),
    prompt: toMessages(prompt),
    responses,
    winner: winner ?? label ?? 'first',
    trajectory: rubric === undefined ? null : { rubric, text: trajectory ?? null, order },
  }
}

/** What `readLabelledPair` reads as this pair. */
export function labelledLine({ id, trajectory, ...pair }: LabelledPair): object {
  const judged = trajectory && trajectory.text !== null
  return {
    ...(id !== null && { id }),
    ...pair,
    ...(trajectory && { rubric: trajectory.rubric }),
    ...(judged && { trajectory: trajectory.text, order: trajectory.order }),
  }
}
