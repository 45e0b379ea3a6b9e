import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { pairProtocol } from '../../shared/protocol/judgment.ts'
import { parseWith } from '../../shared/protocol/parse.ts'
import { scoring } from '../../shared/protocol/pointwise.ts'
import { groupAnchor, rewardProtocol, rewardShaping } from '../../shared/protocol/reward.ts'
import { name } from '../../shared/protocol/text.ts'
import { refuseUnfit } from '../../shared/reward/compare/plans/plans.ts'
import { LABEL_KINDS } from './label-verifier.ts'

const number = z
  .string()
  .refine((text) => text.trim() !== '' && Number.isFinite(Number(text)), 'must be a number')
  .transform(Number)

const field = z
  .string()
  .regex(/^[^.]+(\.[^.]+)*$/, 'must be names with dots between them, such as item.question')
  .max(512)

const wholeNumber = (least: number, most: number) =>
  number.refine(
    (value) => Number.isInteger(value) && value >= least && value <= most,
    `must be a whole number from ${least} to ${most}`,
  )

/** What the query of a dialect's URL says: clients of dialects can set nothing but a URL. */
export const dialectSettings = z.strictObject({
  protocol: rewardProtocol
    .optional()
    .describe(
      'Default: openrs where there is something to compare with, else pointwise. rubric-arm/judge and rubric-arm/generator read the label as JSON: {"prompt", "rubric", "pair"}.',
    ),
  against: z
    .enum(['label', 'group', 'reference', 'rubric'])
    .optional()
    .describe(
      'label: compare with the label. group: compare the responses of a prompt; in the URL of a run also of single calls, which wait for each other. reference: compare with the anchor that a run has for the prompt, else with the label; with protocol=pointwise show the label to the judge. rubric: score by the rubric that the label is, as JSON or by its id.',
    ),
  group: wholeNumber(2, 64)
    .optional()
    .describe("against=group in the URL of a run: calls that are a group. Default the run's group_size."),
  wait: number
    .refine((seconds) => seconds >= 0 && seconds <= 600, 'must be from 0 to 600')
    .optional()
    .describe(
      'against=group in the URL of a run: seconds that a call waits for others. Default half of what its client waits, 60 at most.',
    ),
  split: z
    .enum(['train', 'eval', 'anchor'])
    .optional()
    .describe(
      'In the URL of a run. eval: the responses are measured and belong to no group. anchor: each is what later ones of its prompt are compared with.',
    ),
  verifier: z
    .enum(LABEL_KINDS)
    .optional()
    .describe('Check the response by this verifier, with the label as its value.'),
  anchor: groupAnchor
    .optional()
    .describe('How the responses of a prompt are compared where one body holds several. Default random.'),
  shaping: rewardShaping
    .optional()
    .describe('What a comparison is worth: with the group or the label. Default graded.'),
  scoring: scoring.optional().describe('pointwise: how one response is scored. Default explicit.'),
  meta_class: name
    .optional()
    .describe(
      'pointwise: the reward is the score of the criteria with this tag alone; null where there is none.',
    ),
  model: z.string().min(1).optional(),
  meta_rubric: z.string().min(1).optional(),
  rubric: z
    .string()
    .regex(/^rub_[0-9a-f]+$/, 'must be the id of a rubric, as POST /v1/rubrics tells it')
    .optional()
    .describe('The id of a rubric that all responses are judged by.'),
  on_error: number
    .optional()
    .describe('The reward given where there is none. Without it the call answers 503.'),
  reply: z
    .enum(['number', 'object'])
    .optional()
    .describe('slime, miles: object when it runs with --reward-key score.'),
  reward_key: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('slime, miles: K, when it runs with --reward-key K.'),
  prompt: field.optional().describe('foundry: where the prompt is in its body, such as item.question.'),
  response: field.optional().describe('foundry: where the response is. Default sample.output_text.'),
  attributes: z
    .string()
    .transform((names) => names.split(','))
    .pipe(z.array(name).max(64))
    .optional()
    .describe(
      'nvidia: meta-classes of the rubric with commas between them, told in the place of the reward.',
    ),
  label: field
    .optional()
    .describe('foundry, promptfoo: where the label is, such as item.answer or context.vars.answer.'),
  turns: z
    .enum(['first', 'last'])
    .optional()
    .describe(
      'openrlhf without prompts, llama-factory: the response begins at the first turn of the assistant, which no response can fake, or at the last, for prompts of several turns. Default first.',
    ),
  threshold: number
    .refine((value) => value >= 0 && value <= 1, 'must be from 0 to 1')
    .optional()
    .describe('promptfoo: the least score, of 0 to 1, that passes. Default 0.5.'),
})
export type DialectSettings = z.infer<typeof dialectSettings>

/** Settings that only the dialects which name them make use of. */
const OWN = [
  'reply',
  'reward_key',
  'prompt',
  'response',
  'label',
  'attributes',
  'threshold',
  'turns',
] as const
export type OwnSetting = (typeof OWN)[number]

/** Whether responses are compared where there is something to compare them with. */
export const mayCompare = ({ protocol }: DialectSettings): boolean =>
  protocol === undefined || pairProtocol.safeParse(protocol).success

/** The same settings with each sample scored by itself, unless they ask for a comparison. */
export function byThemselves(settings: DialectSettings): DialectSettings {
  const { protocol, against, verifier, anchor, shaping } = settings
  const asked = protocol ?? against ?? verifier ?? anchor ?? shaping
  return asked === undefined ? { ...settings, protocol: 'pointwise' } : settings
}

/**
 * Throws `unknown_field` or `invalid_request` naming the parameter, also for one that these settings, or a dialect with
 * these settings of its own, make no use of. `alone`: each sample is scored by itself unless the query compares.
 */
export function readSettings(
  query: Record<string, string>,
  own: readonly OwnSetting[] = [],
  alone = false,
): DialectSettings {
  const read = parseWith(dialectSettings, query)
  const settings = alone ? byThemselves(read) : read
  for (const param of OWN) {
    if (settings[param] !== undefined && !own.includes(param)) throw unused(param, 'other dialects')
  }
  const { anchor, shaping, against, verifier, protocol } = settings
  const onlyOne = against === 'rubric' || (against === 'reference' && !mayCompare(settings))
  const uncompared = verifier !== undefined || !mayCompare(settings) || onlyOne
  if (anchor !== undefined && (uncompared || against === 'label' || against === 'reference'))
    throw unused('anchor', 'comparisons with the group')
  if (shaping !== undefined && uncompared) throw unused('shaping', 'comparisons with the group or the label')
  refuseUnfit(settings)
  for (const param of ['group', 'wait'] as const) {
    if (settings[param] !== undefined && against !== 'group') throw unused(param, 'against=group')
  }
  const pointwise = verifier === undefined && (protocol === undefined ? onlyOne : protocol === 'pointwise')
  for (const param of ['scoring', 'meta_class', 'attributes'] as const) {
    if (settings[param] !== undefined && !pointwise) throw unused(param, 'protocol=pointwise')
  }
  const fixed = verifier !== undefined || against === 'rubric' || protocol?.startsWith('rubric-arm/')
  if (settings.rubric !== undefined && fixed) throw unused('rubric', 'URLs whose labels hold no rubric')
  if (against === 'rubric' && !pointwise) throw unused('against=rubric', 'protocol=pointwise')
  for (const param of ['meta_class', 'attributes'] as const) {
    if (settings[param] !== undefined && settings.scoring === 'implicit')
      throw unused(param, 'scoring=explicit and scoring=probability')
  }
  return settings
}

function unused(param: string, where: string): PlumblineError {
  const message = `${param} is of ${where}, which this URL does not ask for: leave ${param} out.`
  return new PlumblineError('invalid_request', message, { param: param.split('=')[0] })
}
