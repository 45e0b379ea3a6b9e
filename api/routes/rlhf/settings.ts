import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { pairProtocol } from '../../../shared/protocol/judgment.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { groupAnchor, rewardProtocol, rewardShaping } from '../../../shared/protocol/reward.ts'
import { LABEL_KINDS } from './label-verifier.ts'

const number = z
  .string()
  .refine((text) => text.trim() !== '' && Number.isFinite(Number(text)), 'must be a number')
  .transform(Number)

/** What the query of a dialect's URL says: clients of dialects can set nothing but a URL. */
export const dialectSettings = z.strictObject({
  protocol: rewardProtocol
    .optional()
    .describe(
      'Default: openrs where there is something to compare with, else pointwise. rubric-arm/judge and rubric-arm/generator read the label as JSON: {"prompt", "rubric", "pair"}.',
    ),
  against: z
    .enum(['label', 'group', 'reference'])
    .optional()
    .describe(
      'label: compare with the label. group: compare the responses of a prompt. reference: show the label to the judge.',
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
  model: z.string().min(1).optional(),
  meta_rubric: z.string().min(1).optional(),
  on_error: number
    .optional()
    .describe('The reward given where there is none. Without it the call answers 503.'),
  reply: z
    .enum(['number', 'object'])
    .optional()
    .describe('slime: object when it runs with --reward-key score.'),
  key: z.string().optional().describe('The API key, for clients that can set no header.'),
})
export type DialectSettings = z.infer<typeof dialectSettings>

/** Whether responses are compared where there is something to compare them with. */
export const mayCompare = ({ protocol }: DialectSettings): boolean =>
  protocol === undefined || pairProtocol.safeParse(protocol).success

/** Throws `unknown_field` or `invalid_request` naming the parameter, also for one that these settings make no use of. */
export function readSettings(query: Record<string, string>): DialectSettings {
  const settings = parseWith(dialectSettings, query)
  const { anchor, shaping, against } = settings
  const alone = settings.verifier !== undefined || !mayCompare(settings) || against === 'reference'
  if (anchor !== undefined && (alone || against === 'label')) throw unused('anchor', 'the group')
  if (shaping !== undefined && alone) throw unused('shaping', 'the group or against=label')
  return settings
}

function unused(param: string, where: string): PlumblineError {
  const message = `${param} is of comparisons with ${where}, which this URL does not ask for: leave ${param} out.`
  return new PlumblineError('invalid_request', message, { param })
}
