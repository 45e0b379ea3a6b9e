import * as z from 'zod'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { LABEL_KINDS } from './label-verifier.ts'

const number = z
  .string()
  .refine((text) => text.trim() !== '' && Number.isFinite(Number(text)), 'must be a number')
  .transform(Number)

/** What the query of a dialect's URL says: clients of dialects can set nothing but a URL. */
export const dialectSettings = z.strictObject({
  protocol: z
    .enum(['openrs', 'pointwise', 'verifier'])
    .optional()
    .describe('Default: openrs where there is something to compare with, else pointwise.'),
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

/** Throws `unknown_field` or `invalid_request` naming the parameter. */
export function readSettings(query: Record<string, string>): DialectSettings {
  return parseWith(dialectSettings, query)
}
