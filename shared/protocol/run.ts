import * as z from 'zod'
import { schedule } from '../arl-rr/schedule.ts'
import { observationCost } from '../runs/observation-cost.ts'
import { classFields } from './pointwise.ts'
import { rubricInput } from './rubric.ts'
import { name } from './text.ts'
import { guardRails, selectorSettings } from './training/alternation.ts'

const runName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be a name that can stand in a URL: up to 64 letters, digits and . _ -',
  )

const fields = z.strictObject({
  name: runName
    .optional()
    .describe('Its id in URLs, for a run that is to be found again. Default: an id is made.'),
  group_size: z.int().min(1).max(64).default(8).describe('Responses that a prompt gets in a step.'),
  prompts_per_step: z
    .int()
    .min(1)
    .max(65_536)
    .default(128)
    .describe('Groups that are a step: a class changes only between two.'),
  classes: classFields.classes
    .nullable()
    .default(null)
    .describe('Meta-classes: the tags that belong to each. null rewards by all criteria.'),
  class_weights: classFields.class_weights
    .nullable()
    .default(null)
    .describe('Of the overall score and of objective scalarised and normalised; null weighs all alike.'),
  rubric: z
    .union([z.string(), rubricInput])
    .nullable()
    .default(null)
    .describe(
      'With classes: the rubric of all prompts, by value or id, its criteria with tags. null: the label of each sample says its own, {"verifiers": {TAG: [...]}} or {"rubric": {"criteria": [...]}, "reference"?} as JSON, or the id of a rubric.',
    ),
  objective: z
    .enum(['alternate', 'scalarised', 'normalised'])
    .default('alternate')
    .describe(
      'alternate: one class a phase. scalarised: the weighted mean of all. normalised: each class normalised within its group, then the weighted mean.',
    ),
  selector: selectorSettings.default({ kind: 'ucb', exploration: 0.5, discount: 0.9, scale: 0.05 }),
  guard_rails: guardRails.prefault({}),
  first: name.nullable().default(null).describe('The first class; null lets the selector choose it.'),
  phase_steps: z.int().min(1).max(100_000).default(20).describe('Steps on one class.'),
  measure: z
    .enum(['training', 'eval'])
    .default('training')
    .describe(
      'What class scores are taken from. training: the responses that are trained on, an on-policy proxy. eval: calls with split=eval in their URL.',
    ),
  half_life: z
    .number()
    .positive('must be above 0')
    .max(100_000)
    .nullable()
    .default(null)
    .describe(
      'Steps after which a score counts half in the mean of its class; null is a quarter of phase_steps.',
    ),
  observe: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('Share of groups in which all classes are scored, and not the active one alone.'),
  mask: z
    .number()
    .default(0)
    .describe('The reward of all members of a group whose prompt has nothing for the active class.'),
  seed: z.int().default(0),
})

/**
 * `POST /v1/runs`: a training run of a trainer that knows of nothing but a reward URL. Without classes it gathers groups
 * over single calls and no more; with them it rewards one meta-class at a time (ARL-RR, systems.md 2.3: our reconstruction).
 */
export const runSettings = fields
  .superRefine((settings, context) => {
    for (const { path, message } of unfit(settings)) context.addIssue({ code: 'custom', path, message })
  })
  .meta({ id: 'RunSettings' })
export type RunSettings = z.infer<typeof runSettings>

type Choices = Pick<
  z.infer<typeof fields>,
  'classes' | 'class_weights' | 'rubric' | 'objective' | 'selector' | 'first' | 'measure' | 'observe'
>

/** Settings that can't go together, each with what to change. */
function* unfit(settings: Choices): Generator<{ path: string[]; message: string }> {
  const { classes, class_weights, rubric, objective, selector, first, measure, observe } = settings
  const named = Object.keys(classes ?? {})
  const among = `there are ${named.map((one) => `'${one}'`).join(', ') || 'none'}`
  if (selector.kind === 'probe') {
    const message =
      'probe trains copies of the policy, which a reward URL does not have: choose ucb, exp3, headroom, slope or round_robin, or train with `plumbline train arl_rr`'
    yield { path: ['selector', 'kind'], message }
  }
  if (first !== null && !named.includes(first)) {
    yield { path: ['first'], message: `names '${first}', which is no class: ${among}` }
  }
  for (const weighed of Object.keys(class_weights ?? {})) {
    if (named.includes(weighed)) continue
    yield { path: ['class_weights'], message: `names '${weighed}', which is no class: ${among}` }
  }
  if (classes === null && rubric !== null) {
    yield { path: ['rubric'], message: 'is of runs with classes: name the classes, or leave rubric out' }
  }
  if (classes === null && objective !== 'alternate') {
    yield { path: ['objective'], message: `is ${objective}, which weighs classes: name them in classes` }
  }
  const blind = classes !== null && measure === 'training' && observe === 0
  if (blind && objective === 'alternate' && selector.kind !== 'round_robin') {
    const message = `must be above 0, since ${selector.kind} goes by the scores of all classes: raise it, or choose round_robin or measure eval`
    yield { path: ['observe'], message }
  }
}

/** What a run's class has reached. */
const classStanding = z
  .object({
    score: z.number().describe('The weighted mean of what was looked at, by half_life.'),
    standard_error: z.number().nullable().describe('null where too little was looked at.'),
    groups: z.number().describe('How many groups the mean stands for, as much as they count by now.'),
    step: z.int().describe('Of the newest group that it was looked at in.'),
  })
  .meta({ id: 'ClassStanding' })

/** A run as it is told: its settings and where it is. */
export const run = z
  .object({
    id: z.string(),
    object: z.literal('run'),
    created: z.int().describe('Unix time, seconds.'),
    settings: runSettings,
    step: z.int().min(0).describe('Steps that were begun.'),
    groups: z.int().min(0),
    meta_class: z.string().nullable().describe('The active class; null without phases.'),
    in_phase: z.int().describe('Steps of the phase under way, with the one under way.'),
    schedule: schedule.nullable().describe('Phases so far and the one under way; null without them.'),
    measured_by: z.string().describe('What the scores are taken from, and what that leaves out.'),
    overall: z.number().nullable().describe('The weighted mean of the class scores; null without any.'),
    classes: z.record(z.string(), classStanding.nullable()).describe('null: not looked at yet.'),
    masked: z
      .record(z.string(), z.int())
      .describe(
        'Responses that were masked while a class was active, since their prompt has nothing for it.',
      ),
    contraction: z
      .number()
      .nullable()
      .describe('Mean over observed groups of std(sum(w r)) / sum(w std r); null where none varies.'),
    correlations: z
      .record(z.string(), z.number())
      .describe("A~B: the mean over observed groups of Pearson's correlation within each."),
    observation: observationCost.describe('Spent on classes that were not the active one.'),
    links: z.object({ self: z.string(), groups: z.string() }).optional(),
    reward_urls: z
      .record(z.string(), z.string())
      .optional()
      .describe('By dialect, what a trainer is given in the place of its reward URL. Lists leave it out.'),
  })
  .meta({ id: 'Run' })
export type Run = z.infer<typeof run>

export const runList = z
  .object({ object: z.literal('list'), data: z.array(run), has_more: z.boolean() })
  .meta({ id: 'RunList' })
